package whorl.agent.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them: {@code 500ms 5s 10m 1h}, {@code 24MiB 64m 1g}. */
final class Units {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,12})\\s*(b|k|kb|kib|m|mb|mib|g|gb|gib)?");

  private Units() {}

  static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.toLowerCase(java.util.Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a duration such as 500ms, 5s, 10m");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  static long bytes(String text) {
    Matcher matcher = SIZE.matcher(text.toLowerCase(java.util.Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a size such as 512KiB, 24MiB");
    }
    long amount = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    int shift =
        switch (unit == null ? 'b' : unit.charAt(0)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          default -> 0;
        };
    if (amount > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("a size below 8 EiB");
    }
    return amount << shift;
  }
}
