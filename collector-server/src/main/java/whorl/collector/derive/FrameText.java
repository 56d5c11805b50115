package whorl.collector.derive;

import whorl.evidence.Text;

/**
 * A stack frame parsed from {@link StackTraceElement#toString}: {@code
 * loader/module@version/class.method(File.java:12)}, where loader and module are optional.
 *
 * @param line 0 if unknown
 */
record FrameText(String className, String method, int line, boolean isNative) {
  private static final int NAME_MAX_CHARS = 512;

  static FrameText parse(String text) {
    int open = text.indexOf('(');
    String head = open < 0 ? text : text.substring(0, open);
    String source = open < 0 ? "" : text.substring(open);
    int slash = head.lastIndexOf('/');
    if (slash > 0 && head.startsWith("0x", slash + 1)) {
      // The name of a hidden class contains a slash and an address.
      slash = head.lastIndexOf('/', slash - 1);
    }
    String qualified = head.substring(slash + 1);
    int dot = qualified.lastIndexOf('.');
    return new FrameText(
        shortened(dot <= 0 ? "unknown" : qualified.substring(0, dot)),
        shortened(
            dot < 0 || dot == qualified.length() - 1 ? "unknown" : qualified.substring(dot + 1)),
        line(source),
        source.equals("(Native Method)"));
  }

  private static int line(String source) {
    int colon = source.lastIndexOf(':');
    int end = source.length() - 1;
    if (colon < 0 || end <= colon + 1 || end - colon > 8) {
      return 0;
    }
    int line = 0;
    for (int i = colon + 1; i < end; i++) {
      char c = source.charAt(i);
      if (c < '0' || c > '9') {
        return 0;
      }
      line = line * 10 + (c - '0');
    }
    return line;
  }

  private static String shortened(String name) {
    return Text.beginning(name, NAME_MAX_CHARS);
  }
}
