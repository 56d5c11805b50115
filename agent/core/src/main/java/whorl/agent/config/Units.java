package whorl.agent.config;

import java.time.Duration;
import java.util.Locale;

/**
 * Durations and sizes in human notation: {@code 500ms 5s 10m 1h}, {@code 24MiB 64m 1g}. Without
 * regular expressions, since durations are read before {@code main}.
 */
final class Units {
  private static final String DURATION = "a duration such as 500ms, 5s, 10m";
  private static final int DURATION_DIGITS = 9;
  private static final String SIZE = "a size such as 512KiB, 24MiB";
  private static final int SIZE_DIGITS = 12;

  private Units() {}

  static Duration duration(String text) {
    int digits = digits(text, DURATION_DIGITS, DURATION);
    long amount = Long.parseLong(text.substring(0, digits));
    return switch (unit(text, digits)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      case "d" -> Duration.ofDays(amount);
      default -> throw new IllegalArgumentException(DURATION);
    };
  }

  static long bytes(String text) {
    int digits = digits(text, SIZE_DIGITS, SIZE);
    long amount = Long.parseLong(text.substring(0, digits));
    int shift =
        switch (unit(text, digits)) {
          case "", "b" -> 0;
          case "k", "kb", "kib" -> 10;
          case "m", "mb", "mib" -> 20;
          case "g", "gb", "gib" -> 30;
          default -> throw new IllegalArgumentException(SIZE);
        };
    if (amount > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("a size below 8 EiB");
    }
    return amount << shift;
  }

  /** The number of leading digits: one to {@code max}. */
  private static int digits(String text, int max, String expected) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0 || digits > max) {
      throw new IllegalArgumentException(expected);
    }
    return digits;
  }

  private static String unit(String text, int digits) {
    return text.substring(digits).stripLeading().toLowerCase(Locale.ROOT);
  }
}
