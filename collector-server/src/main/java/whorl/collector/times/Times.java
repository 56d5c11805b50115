package whorl.collector.times;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * Times as people write them: RFC 3339, a date, a time of day, {@code today}, {@code yesterday},
 * {@code now}, or how long ago. What has no offset is in UTC, as tables and the page show it.
 */
public final class Times {
  /** What is allowed, for messages. */
  public static final String ALLOWED =
      "2026-11-29T08:00:00Z, 2026-11-29, 17:06 (UTC), today, yesterday, or how long ago, such as"
          + " 10m, 2h or 3d";

  private static final String TIME_OF_DAY = "([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?)";
  private static final Pattern CLOCK = Pattern.compile(TIME_OF_DAY + "[Zz]?");
  private static final Pattern DATE = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})");
  private static final Pattern DATE_AND_CLOCK =
      Pattern.compile(DATE.pattern() + "[ Tt]" + TIME_OF_DAY + "[Zz]?");
  private static final int DATE_CHARS = 10;

  /** Times beyond these have no number of nanoseconds, by which rows are compared. */
  private static final Instant FIRST = Instant.parse("1678-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("2262-01-01T00:00:00Z");
  private static final String TWO_DIGITS = "..:.*";

  private Times() {}

  /**
   * Reads a time.
   *
   * @param now for times that are relative to it; a time of day is the last such time before it
   * @throws IllegalArgumentException if the text is of another form; the message has what is
   *     allowed
   */
  public static Instant of(String text, Instant now) {
    try {
      Instant time = read(text.strip(), now);
      if (time != null && !time.isBefore(FIRST) && !time.isAfter(LAST)) {
        return time;
      }
    } catch (DateTimeException | ArithmeticException e) {
      // refused below, like text of another form
    }
    throw new IllegalArgumentException(
        "not a time: " + Text.shortened(text) + "; allowed: " + ALLOWED);
  }

  private static @Nullable Instant read(String text, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    switch (text.toLowerCase(Locale.ROOT)) {
      case "now":
        return now;
      case "today":
        return start(today);
      case "yesterday":
        return start(today.minusDays(1));
      default:
        break;
    }
    Duration ago = Spans.of(text.startsWith("-") ? text.substring(1) : text);
    if (ago != null) {
      return now.minus(ago);
    }
    Matcher clock = CLOCK.matcher(text);
    if (clock.matches()) {
      Instant time = at(today, clock.group(1));
      return time.isAfter(now) ? at(today.minusDays(1), clock.group(1)) : time;
    }
    if (DATE.matcher(text).matches()) {
      return start(LocalDate.parse(text));
    }
    Matcher both = DATE_AND_CLOCK.matcher(text);
    if (both.matches()) {
      return at(LocalDate.parse(both.group(1)), both.group(2));
    }
    boolean spaced = text.length() > DATE_CHARS && text.charAt(DATE_CHARS) == ' ';
    return OffsetDateTime.parse(
            spaced ? text.substring(0, DATE_CHARS) + "T" + text.substring(DATE_CHARS + 1) : text)
        .toInstant();
  }

  private static Instant start(LocalDate date) {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static Instant at(LocalDate date, String timeOfDay) {
    LocalTime time = LocalTime.parse(timeOfDay.matches(TWO_DIGITS) ? timeOfDay : "0" + timeOfDay);
    return date.atTime(time).toInstant(ZoneOffset.UTC);
  }
}
