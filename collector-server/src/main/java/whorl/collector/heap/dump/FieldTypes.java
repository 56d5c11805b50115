package whorl.collector.heap.dump;

/** The types of fields and array elements in a dump, by the numbers that HPROF gives them. */
final class FieldTypes {
  static final int REFERENCE = 2;
  static final int BYTE = 8;
  private static final String[] NAMES = {
    null, null, null, null, "boolean", "char", "float", "double", "byte", "short", "int", "long"
  };
  private static final int[] BYTES = {0, 0, 0, 0, 1, 2, 4, 8, 1, 2, 4, 8};

  private FieldTypes() {}

  static boolean isPrimitive(int type) {
    return type >= 4 && type < NAMES.length;
  }

  /**
   * @throws DamagedDumpException if there is no such primitive type
   */
  static int bytes(int primitive) {
    return BYTES[checked(primitive)];
  }

  /**
   * @throws DamagedDumpException if there is no such primitive type
   */
  static String name(int primitive) {
    return NAMES[checked(primitive)];
  }

  private static int checked(int type) {
    if (!isPrimitive(type)) {
      throw new DamagedDumpException("type " + type + " is unknown");
    }
    return type;
  }
}
