package whorl.collector.export;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.times.Spans;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Parses a request's query parameters. A malformed one is answered with 400, which names the
 * parameter, its value and what is allowed.
 */
final class Parameters {
  private static final Duration SPAN_MAX = Duration.ofDays(1);
  private static final Instant EARLIEST = Instant.parse("1678-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2262-01-01T00:00:00Z");

  private final Request request;

  Parameters(Request request) {
    this.request = request;
  }

  boolean has(String name) {
    return request.query(name) != null;
  }

  /** Text of 1 to {@code maxChars} characters; null if absent. */
  @Nullable String text(String name, int maxChars) {
    String value = request.query(name);
    if (value != null && (value.isBlank() || value.length() > maxChars)) {
      throw badParameter(name, value, "1 to " + maxChars + " characters");
    }
    return value;
  }

  /** A list of non-empty parts separated by commas. */
  List<String> list(String name, int maxParts) {
    String value = request.query(name);
    if (value == null) {
      return List.of();
    }
    List<String> parts = List.of(value.split(",", -1));
    if (parts.size() > maxParts || parts.stream().anyMatch(String::isBlank)) {
      throw badParameter(name, value, "1 to " + maxParts + " values with commas between");
    }
    return parts.stream().map(String::strip).toList();
  }

  @Nullable Instant time(String name) {
    String value = request.query(name);
    if (value == null) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(value).toInstant();
      if (!time.isBefore(EARLIEST) && time.isBefore(LATEST)) {
        return time;
      }
    } catch (DateTimeException e) {
      // refused below, like a time out of range
    }
    // an unencoded plus sign has become a space
    throw badParameter(
        name, value, "a time of RFC 3339 from 1678 to 2262, such as 2026-11-25T09:30:00.5Z");
  }

  /** A number in this range; null if absent. */
  @Nullable Integer number(String name, int min, int max) {
    String value = request.query(name);
    if (value == null) {
      return null;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max && !value.startsWith("+")) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below, like a number out of range
    }
    throw badParameter(name, value, "a number from " + min + " to " + max);
  }

  boolean flag(String name) {
    return "true".equals(oneOf(name, "false", "true", "false"));
  }

  /** One of these words. */
  String oneOf(String name, String defaultValue, String... words) {
    String value = request.query(name);
    if (value == null) {
      return defaultValue;
    }
    if (!List.of(words).contains(value)) {
      throw badParameter(name, value, "one of " + String.join(", ", words));
    }
    return value;
  }

  /** A time span; {@code defaultValue} if absent. */
  Duration span(String name, Duration defaultValue) {
    String value = request.query(name);
    if (value == null) {
      return defaultValue;
    }
    Duration span = Spans.withMillis(value);
    if (span != null && span.compareTo(SPAN_MAX) <= 0) {
      return span;
    }
    throw badParameter(name, value, "a number followed by ms, s, m or h, at most 24h");
  }

  /** An id; null if absent. */
  @Nullable Id id(String name) {
    String value = request.query(name);
    return value == null ? null : id(name, value);
  }

  static Id id(String name, String value) {
    if (!Id.isId(value)) {
      throw badParameter(name, value, "an id, 8 to 64 of a-z, 0-9 and '-'");
    }
    return new Id(value);
  }

  static ProblemException badParameter(String name, String value, String allowed) {
    return new ProblemException(
        400, "bad parameter", name + " is \"" + Text.shortened(value) + "\"; allowed: " + allowed);
  }
}
