package whorl.collector.times;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Spans of time as people write them: {@code 45s}, {@code 10m}, {@code 2h} or {@code 3d}. */
public final class Spans {
  /** What is allowed, for messages. */
  public static final String ALLOWED = "30s, 90m, 24h or 7d";

  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([smhd])");
  private static final Pattern MILLIS = Pattern.compile("([0-9]{1,9})ms");
  private static final long SECONDS_OF_MINUTE = 60;
  private static final long SECONDS_OF_HOUR = 3_600;
  private static final long SECONDS_OF_DAY = 86_400;

  private Spans() {}

  /** Reads a span; null if the text is of another form. */
  public static @Nullable Duration of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** The same, also with milliseconds: {@code 500ms}. */
  public static @Nullable Duration withMillis(String text) {
    Matcher millis = MILLIS.matcher(text);
    return millis.matches() ? Duration.ofMillis(Long.parseLong(millis.group(1))) : of(text);
  }

  /** The shortest form of a span, without what is less than a second. */
  public static String text(Duration span) {
    long seconds = span.toSeconds();
    if (seconds % SECONDS_OF_DAY == 0) {
      return seconds / SECONDS_OF_DAY + "d";
    }
    if (seconds % SECONDS_OF_HOUR == 0) {
      return seconds / SECONDS_OF_HOUR + "h";
    }
    return seconds % SECONDS_OF_MINUTE == 0 ? seconds / SECONDS_OF_MINUTE + "m" : seconds + "s";
  }
}
