package whorl.collector.cli.doctor;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The samples of Prometheus' text format, by name and labels. Lines that are none are ignored. */
final class Samples {
  private static final Pattern LINE =
      Pattern.compile("([a-z][a-z0-9_]*)(\\{.*\\})? (-?[0-9.eE+]+|-?NaN)");

  private final Map<String, Map<String, Double>> families = new TreeMap<>();

  static Samples parse(String text) {
    Samples samples = new Samples();
    text.lines().forEach(samples::add);
    return samples;
  }

  private void add(String line) {
    Matcher matcher = LINE.matcher(line);
    if (matcher.matches()) {
      String labels = matcher.group(2) == null ? "" : matcher.group(2);
      families
          .computeIfAbsent(matcher.group(1), name -> new TreeMap<>())
          .put(labels, Double.parseDouble(matcher.group(3)));
    }
  }

  int size() {
    return families.size();
  }

  /** The sum of a metric over its samples whose labels contain all these parts; null without. */
  @Nullable Long sum(String name, String... parts) {
    Map<String, Double> samples = families.get(name);
    if (samples == null) {
      return null;
    }
    double sum = 0;
    for (Map.Entry<String, Double> sample : samples.entrySet()) {
      boolean matches = true;
      for (String part : parts) {
        matches &= sample.getKey().contains(part);
      }
      sum += matches ? sample.getValue() : 0;
    }
    return (long) sum;
  }

  /** The same, 0 for a metric that is not there. */
  long count(String name, String... parts) {
    Long sum = sum(name, parts);
    return sum == null ? 0 : sum;
  }

  /** The value of a label of the first sample of a metric; null without. */
  @Nullable String label(String name, String label) {
    Map<String, Double> samples = families.get(name);
    if (samples == null || samples.isEmpty()) {
      return null;
    }
    Matcher matcher =
        Pattern.compile(Pattern.quote(label) + "=\"([^\"]*)\"")
            .matcher(samples.keySet().iterator().next());
    return matcher.find() ? matcher.group(1) : null;
  }
}
