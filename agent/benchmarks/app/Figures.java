import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured, by figure and way, and what is printed of it. */
final class Figures {
  private final Map<String, Map<Way, List<Double>>> values = new LinkedHashMap<>();

  void add(String figure, Way way, double value) {
    values
        .computeIfAbsent(figure, any -> new EnumMap<>(Way.class))
        .computeIfAbsent(way, any -> new ArrayList<>())
        .add(value);
  }

  double median(String figure, Way way) {
    double[] sorted =
        values.getOrDefault(figure, Map.of()).getOrDefault(way, List.of()).stream()
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    int half = sorted.length / 2;
    return sorted.length == 0
        ? Double.NaN
        : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** A row for each figure: medians, least and most, and the ratio to the first way. */
  void print(List<Way> ways) {
    System.out.printf("%-28s", "");
    ways.forEach(way -> System.out.printf(" %30s", way.name().toLowerCase()));
    System.out.println();
    values.forEach(
        (figure, byWay) -> {
          System.out.printf("%-28s", figure);
          double base = median(figure, ways.get(0));
          for (Way way : ways) {
            double[] all =
                byWay.getOrDefault(way, List.of()).stream().mapToDouble(d -> d).toArray();
            Arrays.sort(all);
            if (all.length == 0) {
              System.out.printf(" %30s", "-");
            } else {
              System.out.printf(
                  " %30s",
                  "%.2f [%.2f..%.2f] x%.2f"
                      .formatted(
                          median(figure, way), all[0], all[all.length - 1],
                          median(figure, way) / base));
            }
          }
          System.out.println();
        });
  }
}
