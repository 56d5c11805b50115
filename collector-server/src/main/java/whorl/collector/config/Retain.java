package whorl.collector.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long, and how much, evidence is kept; what is not named is kept for ever.
 *
 * @param ages by class, or {@link #ALL}
 * @param bytes by class, or {@link #ALL}
 */
public record Retain(Map<String, Duration> ages, Map<String, Long> bytes) {
  /** All classes together. */
  public static final String ALL = "all";

  /** What evidence is told apart by. */
  public static final List<String> CLASSES = List.of("alert", "request", "heap", "failed", ALL);

  /** Nothing is purged by itself. */
  public static final Retain EVERYTHING = new Retain(Map.of(), Map.of());

  private static final Pattern AGE = Pattern.compile("([1-9]\\d{0,4})([hd])");

  public Retain {
    ages = Map.copyOf(ages);
    bytes = Map.copyOf(bytes);
  }

  /**
   * @param ages such as {@code alert=90d,failed=12h}; null for none
   * @param sizes such as {@code heap=500GiB,all=1TiB}; null for none
   * @param problems takes what is wrong, each with what is allowed
   */
  static Retain parse(@Nullable String ages, @Nullable String sizes, List<String> problems) {
    return new Retain(
        limits("--retain", ages, Retain::age, problems),
        limits("--retain-size", sizes, ByteSize::parse, problems));
  }

  private interface Reader<T> {
    T read(String text);
  }

  private static <T> Map<String, T> limits(
      String option, @Nullable String text, Reader<T> reader, List<String> problems) {
    Map<String, T> limits = new LinkedHashMap<>();
    if (text == null) {
      return limits;
    }
    List<String> wrong = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split("=", 2);
      if (!CLASSES.contains(pair[0])) {
        wrong.add("no class '" + pair[0] + "'; there are " + String.join(", ", CLASSES));
      } else if (pair.length < 2) {
        wrong.add(pair[0] + " has no limit; write " + pair[0] + "=…");
      } else if (limits.containsKey(pair[0])) {
        wrong.add(pair[0] + " is there twice");
      } else {
        try {
          limits.put(pair[0], reader.read(pair[1]));
        } catch (IllegalArgumentException e) {
          wrong.add(pair[0] + "=" + pair[1] + ": " + e.getMessage());
        }
      }
    }
    wrong.forEach(each -> problems.add(option + " " + text + ": " + each));
    return limits;
  }

  private static Duration age(String text) {
    Matcher matcher = AGE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a number with h or d behind it, such as 90d");
    }
    long amount = Long.parseLong(matcher.group(1));
    return "d".equals(matcher.group(2)) ? Duration.ofDays(amount) : Duration.ofHours(amount);
  }
}
