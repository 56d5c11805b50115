import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/** What was measured, by benchmark and way, and what is printed of it. */
final class Table {
  /** The way of what is measured by itself. */
  static final String ALONE = "-";

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final Map<String, Map<String, Figures>> rows = new TreeMap<>();

  private static final class Figures {
    private final List<Double> nanos = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();
  }

  void add(String way, RunResult result) {
    Figures figures =
        rows.computeIfAbsent(name(result.getParams()), none -> new LinkedHashMap<>())
            .computeIfAbsent(way, none -> new Figures());
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        figures.nanos.add(iteration.getPrimaryResult().getScore());
        iteration
            .getSecondaryResults()
            .forEach(
                (label, second) -> {
                  if (label.endsWith(ALLOCATED)) {
                    figures.bytes.add(second.getScore());
                  }
                });
      }
    }
  }

  /** Such as {@code File.openClose depth=50}. */
  private static String name(BenchmarkParams params) {
    String[] parts = params.getBenchmark().split("\\.");
    StringBuilder name = new StringBuilder(parts[parts.length - 2].replace("Benchmark", ""));
    name.append('.').append(parts[parts.length - 1]);
    for (String key : params.getParamsKeys()) {
      name.append(' ').append(key).append('=').append(params.getParam(key));
    }
    return name.toString();
  }

  /** A row for each benchmark and way: the difference is to the way that is named. */
  void print(String base) {
    System.out.printf(
        "%-34s %-14s %12s %27s %12s %12s%n",
        "", "", "ns/op", "[least..most]", "difference", "bytes/op");
    rows.forEach(
        (name, ways) ->
            ways.keySet().stream()
                .sorted((one, other) -> Boolean.compare(other.equals(base), one.equals(base)))
                .forEach(way -> print(name, way, ways.get(way), ways.get(base))));
  }

  private static void print(String name, String way, Figures figures, Figures base) {
    double[] nanos = sorted(figures.nanos);
    double median = median(nanos);
    boolean differs = base != null && base != figures;
    System.out.printf(
        "%-34s %-14s %,12.1f %27s %12s %,12.0f%n",
        name,
        way,
        median,
        "[%,.1f..%,.1f]".formatted(nanos[0], nanos[nanos.length - 1]),
        differs ? "%+,.1f".formatted(median - median(sorted(base.nanos))) : "",
        median(sorted(figures.bytes)));
  }

  private static double[] sorted(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  private static double median(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length == 0
        ? Double.NaN
        : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
