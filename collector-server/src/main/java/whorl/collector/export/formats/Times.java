package whorl.collector.export.formats;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Formats times for other tools, in UTC. */
final class Times {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

  private Times() {}

  /** RFC 3339, with as many decimals as needed. */
  static String rfc3339(long epochNanos) {
    return instant(epochNanos).toString();
  }

  /** ISO 8601 with six decimals and the offset {@code +00:00}, as in Python. */
  static String isoMicros(Instant time) {
    return MICROS.format(time);
  }

  static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
  }

  /** Seconds with nine decimals. */
  static String seconds(Instant time) {
    String nanos = Integer.toString(time.getNano());
    return time.getEpochSecond() + "." + "0".repeat(9 - nanos.length()) + nanos;
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, NANOS_PER_SECOND), Math.floorMod(epochNanos, NANOS_PER_SECOND));
  }
}
