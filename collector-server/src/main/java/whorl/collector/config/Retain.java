package whorl.collector.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.times.Spans;

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

  private static final Duration AGE_MIN = Duration.ofHours(1);
  private static final Duration AGE_MAX = Duration.ofDays(99_999);

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
    // m would be minutes, where somebody may mean months
    Duration age = text.endsWith("h") || text.endsWith("d") ? Spans.of(text) : null;
    if (age == null || age.compareTo(AGE_MIN) < 0 || age.compareTo(AGE_MAX) > 0) {
      throw new IllegalArgumentException("a number followed by h or d, such as 90d");
    }
    return age;
  }
}
