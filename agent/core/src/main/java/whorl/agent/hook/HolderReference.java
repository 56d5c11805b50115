package whorl.agent.hook;

/**
 * Checks whether a class file names {@code java.lang.WhorlHooks}. Woven classes do, but the agent
 * checks a class before it weaves it, so a class that passes this check calls the holder on its own
 * account. The check only walks the constant pool, which takes a few microseconds. JVMS 4.4
 * describes the entries.
 */
final class HolderReference {
  private static final byte[] NAME = {
    'j', 'a', 'v', 'a', '/', 'l', 'a', 'n', 'g', '/', 'W', 'h', 'o', 'r', 'l', 'H', 'o', 'o', 'k',
    's'
  };
  private static final int COUNT_OFFSET = 8;
  private static final int FIRST_ENTRY_OFFSET = 10;
  private static final int UTF8 = 1;
  private static final int CLASS = 7;

  /** Bytes of an entry after its tag, by tag; 0 for an unknown tag. */
  private static final int[] SIZES = {
    0, 2, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2
  };

  private static final int LONG = 5;
  private static final int DOUBLE = 6;

  private HolderReference() {}

  /** True if the class file names the holder; false for bytes that it cannot parse. */
  static boolean isIn(byte[] classFile) {
    int name = find(classFile, UTF8, 0);
    return name > 0 && find(classFile, CLASS, name) > 0;
  }

  /**
   * Returns the number of the first UTF-8 entry that holds the holder's name, or of the first class
   * entry that refers to the name with this number; 0 if there is none. A string constant alone
   * calls nothing.
   */
  private static int find(byte[] classFile, int wanted, int name) {
    if (classFile.length < FIRST_ENTRY_OFFSET) {
      return 0;
    }
    int count = unsignedShort(classFile, COUNT_OFFSET);
    int at = FIRST_ENTRY_OFFSET;
    for (int entry = 1; entry < count && at + 2 < classFile.length; entry++) {
      int tag = classFile[at];
      if (tag <= 0 || tag >= SIZES.length || SIZES[tag] == 0) {
        return 0;
      }
      int size = SIZES[tag];
      if (tag == UTF8) {
        int length = unsignedShort(classFile, at + 1);
        if (wanted == UTF8 && length == NAME.length && isName(classFile, at + 3)) {
          return entry;
        }
        size += length;
      } else if (tag == CLASS && wanted == CLASS && unsignedShort(classFile, at + 1) == name) {
        return entry;
      } else if (tag == LONG || tag == DOUBLE) {
        entry++;
      }
      at += 1 + size;
    }
    return 0;
  }

  private static boolean isName(byte[] classFile, int at) {
    if (at + NAME.length > classFile.length) {
      return false;
    }
    for (int i = NAME.length - 1; i >= 0; i--) { // most names of this length differ at their end
      if (classFile[at + i] != NAME[i]) {
        return false;
      }
    }
    return true;
  }

  private static int unsignedShort(byte[] classFile, int at) {
    return (classFile[at] & 0xFF) << Byte.SIZE | classFile[at + 1] & 0xFF;
  }
}
