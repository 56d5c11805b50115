package whorl.collector.cli.fleet;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.cli.terminal.CliException;

/** Spans of time as people write them: {@code 90m}, {@code 24h}, {@code 7d}. */
final class Intervals {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6})([smhd])");

  private Intervals() {}

  /**
   * Parses a span.
   *
   * @throws CliException naming the option and what is allowed
   */
  static Duration of(String option, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw CliException.usage(
          option + " " + text + " is not of the form 30s, 90m, 24h or 7d", null);
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** The shortest form of a span. */
  static String text(Duration span) {
    long seconds = span.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
