package whorl.collector.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many alerts of one rule in one service become full captures, written as {@code 3/10m}.
 *
 * @param captures limit within any {@code window}
 */
public record StormLimit(int captures, Duration window) {
  private static final Pattern SHAPE = Pattern.compile("([1-9]\\d{0,4})/([1-9]\\d{0,4})([smh])");

  /**
   * @throws IllegalArgumentException when the text is not such a limit
   */
  static StormLimit parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("captures in a time, such as 3/10m");
    }
    long amount = Long.parseLong(matcher.group(2));
    Duration window =
        switch (matcher.group(3)) {
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        };
    return new StormLimit(Integer.parseInt(matcher.group(1)), window);
  }
}
