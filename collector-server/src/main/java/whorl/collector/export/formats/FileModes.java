package whorl.collector.export.formats;

/** Converts file modes for other tools. */
final class FileModes {
  private static final int PERMISSIONS = 9;
  private static final String FULL = "rwxrwxrwx";

  private FileModes() {}

  /**
   * Four octal digits, as in ECS, for a mode such as {@code r/rrwxr-sr-x} or {@code rw-r--r--}; any
   * other text is returned unchanged.
   */
  static String octal(String mode) {
    if (mode.length() < PERMISSIONS) {
      return mode;
    }
    String letters = mode.substring(mode.length() - PERMISSIONS);
    int bits = 0;
    for (int i = 0; i < PERMISSIONS; i++) {
      char c = letters.charAt(i);
      boolean execute = i % 3 == 2;
      if (c == FULL.charAt(i) || execute && (c == 's' || c == 't')) {
        bits |= 1 << PERMISSIONS - 1 - i;
      } else if (c != '-' && !(execute && (c == 'S' || c == 'T'))) {
        return mode;
      }
      if (execute && "sStT".indexOf(c) >= 0) {
        bits |= 1 << PERMISSIONS + 2 - i / 3;
      }
    }
    return String.format("%04o", bits);
  }
}
