import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The figures of a run: each is printed when it is there, and all of them as a table at the end. */
final class Table {
  private final List<String> rows = Collections.synchronizedList(new ArrayList<>());

  void add(String figure, double value, String unit) {
    add(figure, text(value) + (unit.isEmpty() ? "" : " " + unit));
  }

  void add(String figure, String value) {
    rows.add("| " + figure + " | " + value + " |");
    System.err.println("  " + figure + ": " + value);
  }

  /** In Markdown, as the documents have it. */
  void print() {
    System.out.println("| figure | measured |\n|---|---|");
    synchronized (rows) {
      rows.forEach(System.out::println);
    }
  }

  static String text(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%,.2f" : "%,.0f", value);
  }
}
