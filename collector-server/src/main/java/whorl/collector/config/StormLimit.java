package whorl.collector.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.times.Spans;

/**
 * How many alerts of one rule in one service become full captures, written as {@code 3/10m}.
 *
 * @param captures limit within any {@code window}
 */
public record StormLimit(int captures, Duration window) {
  private static final Pattern SHAPE = Pattern.compile("([1-9]\\d{0,4})/(.+)");
  private static final Duration WINDOW_MAX = Duration.ofDays(3_650);

  /**
   * @throws IllegalArgumentException when the text is not such a limit
   */
  static StormLimit parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    Duration window = matcher.matches() ? Spans.of(matcher.group(2)) : null;
    if (window == null || window.isZero() || window.compareTo(WINDOW_MAX) > 0) {
      throw new IllegalArgumentException("captures in a time, such as 3/10m");
    }
    return new StormLimit(Integer.parseInt(matcher.group(1)), window);
  }
}
