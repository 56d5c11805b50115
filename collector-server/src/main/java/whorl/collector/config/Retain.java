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
 * How long and how much evidence is kept. Classes without a limit are kept forever.
 *
 * @param ages maximum age by class, or of {@link #ALL}
 * @param bytes maximum size by class, or of {@link #ALL}
 */
public record Retain(Map<String, Duration> ages, Map<String, Long> bytes) {
  /** The name for all classes together. */
  public static final String ALL = "all";

  /** The classes of evidence. */
  public static final List<String> CLASSES = List.of("alert", "request", "heap", "failed", ALL);

  /** Keeps everything: nothing is purged automatically. */
  public static final Retain EVERYTHING = new Retain(Map.of(), Map.of());

  private static final Pattern AGE = Pattern.compile("([1-9]\\d{0,4})([hd])");

  public Retain {
    ages = Map.copyOf(ages);
    bytes = Map.copyOf(bytes);
  }

  /**
   * @param ages such as {@code alert=90d,failed=12h}; null for none
   * @param sizes such as {@code heap=500GiB,all=1TiB}; null for none
   * @param problems receives all problems, each with the allowed values
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
    List<String> found = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split("=", 2);
      if (!CLASSES.contains(pair[0])) {
        found.add("no class '" + pair[0] + "'; there are " + String.join(", ", CLASSES));
      } else if (pair.length < 2) {
        found.add(pair[0] + " has no limit; write " + pair[0] + "=…");
      } else if (limits.containsKey(pair[0])) {
        found.add(pair[0] + " is there twice");
      } else {
        try {
          limits.put(pair[0], reader.read(pair[1]));
        } catch (IllegalArgumentException e) {
          found.add(pair[0] + "=" + pair[1] + ": " + e.getMessage());
        }
      }
    }
    found.forEach(problem -> problems.add(option + " " + text + ": " + problem));
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
