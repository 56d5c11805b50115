import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, by figure and way, and what is printed of it. */
final class Figures {
  private static final int NAME_WIDTH = 30;
  private static final int WAY_WIDTH = 20;

  private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

  void add(String figure, String way, double value) {
    values
        .computeIfAbsent(figure, any -> new LinkedHashMap<>())
        .computeIfAbsent(way, any -> new ArrayList<>())
        .add(value);
  }

  double median(String figure, String way) {
    List<Double> sorted =
        values.getOrDefault(figure, Map.of()).getOrDefault(way, List.of()).stream()
            .sorted()
            .toList();
    int half = sorted.size() / 2;
    return sorted.isEmpty()
        ? Double.NaN
        : sorted.size() % 2 == 1
            ? sorted.get(half)
            : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /**
   * Two lines for each figure: medians, and behind them the ratio to the first way; below, least and
   * most.
   */
  void print(List<String> ways) {
    StringBuilder head = new StringBuilder(cell("", -NAME_WIDTH));
    ways.forEach(way -> head.append(cell(way, WAY_WIDTH)));
    System.out.println(head);
    values.forEach(
        (figure, byWay) -> {
          StringBuilder medians = new StringBuilder(cell(figure, -NAME_WIDTH));
          StringBuilder spreads = new StringBuilder(cell("", -NAME_WIDTH));
          double base = median(figure, ways.get(0));
          for (String way : ways) {
            List<Double> all = byWay.getOrDefault(way, List.of()).stream().sorted().toList();
            double median = median(figure, way);
            boolean first = way.equals(ways.get(0));
            medians.append(
                cell(
                    all.isEmpty() ? "-" : text(median) + (first ? "" : " " + ratio(median / base)),
                    WAY_WIDTH));
            spreads.append(
                cell(
                    all.isEmpty()
                        ? ""
                        : "[" + text(all.get(0)) + ".." + text(all.get(all.size() - 1)) + "]",
                    WAY_WIDTH));
          }
          System.out.println(medians);
          System.out.println(spreads);
        });
  }

  private static String ratio(double ratio) {
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "x%.2f", ratio) : "";
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : "%.2f", value);
  }

  private static String cell(String text, int width) {
    return String.format("%" + width + "s ", text);
  }
}
