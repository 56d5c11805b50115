package whorl.collector.recording;

/** Skips values. */
final class ValueSkipper {
  private static final int DEPTH_MAX = 32;

  private ValueSkipper() {}

  /** Skips a field's value. */
  static void field(Input input, Field field) throws DamagedRecordingException {
    field(input, field, 0);
  }

  /** Skips a value of a type, in the encoding of constants. */
  static void value(Input input, Type type) throws DamagedRecordingException {
    value(input, type, 0);
  }

  private static void field(Input input, Field field, int depth) throws DamagedRecordingException {
    int count = field.isArray() ? input.readCount() : 1;
    if (field.isConstant()) {
      for (int i = 0; i < count; i++) {
        input.skipNumber(Long.BYTES);
      }
    } else {
      for (int i = 0; i < count; i++) {
        value(input, field.type(), depth);
      }
    }
  }

  private static void value(Input input, Type type, int depth) throws DamagedRecordingException {
    if (depth > DEPTH_MAX) {
      throw new DamagedRecordingException("values are nested deeper than " + DEPTH_MAX);
    }
    switch (type.kind()) {
      case BOOLEAN, BYTE -> input.skipBytes(1);
      case SHORT, CHAR -> input.skipNumber(Short.BYTES);
      case INT -> input.skipNumber(Integer.BYTES);
      case LONG -> input.skipNumber(Long.BYTES);
      case FLOAT -> input.skipBytes(Float.BYTES);
      case DOUBLE -> input.skipBytes(Double.BYTES);
      case TEXT -> Texts.skip(input);
      case STRUCT -> {
        int count = type.isSimple() ? 1 : type.fieldCount();
        for (int i = 0; i < count; i++) {
          field(input, type.field(i), depth + 1);
        }
      }
      default ->
          throw new DamagedRecordingException(
              "a value is of a type that is not known: " + type.name());
    }
  }
}
