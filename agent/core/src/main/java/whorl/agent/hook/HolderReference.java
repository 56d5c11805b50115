package whorl.agent.hook;

/**
 * Whether a class file names {@code java.lang.WhorlHooks}. Woven classes do, but the agent weaves
 * them after it looked; so a class that does is meant to call the holder by itself. The look walks
 * the constant pool only, which takes a few microseconds. See JVMS 4.4 for the entries.
 */
final class HolderReference {
  private static final byte[] NAME = {
    'j', 'a', 'v', 'a', '/', 'l', 'a', 'n', 'g', '/', 'W', 'h', 'o', 'r', 'l', 'H', 'o', 'o', 'k',
    's'
  };
  private static final int COUNT_OFFSET = 8;
  private static final int FIRST_ENTRY_OFFSET = 10;
  private static final int UTF8 = 1;

  /** Bytes of each kind of entry after its tag, by the tag; 0 for a tag that there is not. */
  private static final int[] SIZES = {
    0, 2, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2
  };

  private static final int LONG = 5;
  private static final int DOUBLE = 6;

  private HolderReference() {}

  /** False also for what is no class file that it understands. */
  static boolean isIn(byte[] classFile) {
    if (classFile.length < FIRST_ENTRY_OFFSET) {
      return false;
    }
    int count = unsignedShort(classFile, COUNT_OFFSET);
    int at = FIRST_ENTRY_OFFSET;
    for (int entry = 1; entry < count && at + 2 < classFile.length; entry++) {
      int tag = classFile[at];
      if (tag <= 0 || tag >= SIZES.length || SIZES[tag] == 0) {
        return false;
      }
      int size = SIZES[tag];
      if (tag == UTF8) {
        int length = unsignedShort(classFile, at + 1);
        if (length == NAME.length && isName(classFile, at + 3)) {
          return true;
        }
        size += length;
      } else if (tag == LONG || tag == DOUBLE) {
        entry++;
      }
      at += 1 + size;
    }
    return false;
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
