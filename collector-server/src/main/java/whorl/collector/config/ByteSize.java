package whorl.collector.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses sizes such as {@code 64GiB}. */
final class ByteSize {
  private static final Pattern SHAPE = Pattern.compile("([1-9]\\d{0,5})(MiB|GiB|TiB)");

  private ByteSize() {}

  /**
   * @return bytes
   * @throws IllegalArgumentException when the text is not such a size
   */
  static long parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a number followed by MiB, GiB or TiB, such as 64GiB");
    }
    int shift =
        switch (matcher.group(2)) {
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 40;
        };
    return Long.parseLong(matcher.group(1)) << shift;
  }
}
