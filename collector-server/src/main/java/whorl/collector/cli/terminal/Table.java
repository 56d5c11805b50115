package whorl.collector.cli.terminal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table for people: aligned, and shortened to the width of the terminal. Columns with an {@link
 * #exact} heading are never shortened, because ids and times are copied from them; of the others,
 * the widest is shortened first.
 */
public final class Table {
  private static final String GAP = "  ";
  private static final int COLUMNS_MIN = 6;
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter UTC_MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** The heading of a column. */
  public record Heading(String text, boolean shrinks) {}

  /** One cell; an absent value is shown as a dash. */
  public record Cell(String text, Terminal.Style style) {
    static Cell of(@Nullable Object value) {
      return of(value, Terminal.Style.PLAIN);
    }

    public static Cell of(@Nullable Object value, Terminal.Style style) {
      String text = value == null ? "" : Printable.of(value.toString());
      return new Cell(text.isEmpty() ? "-" : text, style);
    }
  }

  private final List<Heading> headings;
  private final List<List<Cell>> rows = new ArrayList<>();
  private final Map<Integer, List<String>> below = new HashMap<>();

  public Table(Heading... headings) {
    this.headings = List.of(headings);
  }

  /** A column that is never shortened. */
  public static Heading exact(String text) {
    return new Heading(text, false);
  }

  /** A column that can be shortened. */
  public static Heading flexible(String text) {
    return new Heading(text, true);
  }

  /** The format of times in tables: UTC, to the second. */
  public static String time(@Nullable Instant time) {
    return time == null ? "-" : UTC.format(time);
  }

  /** Like {@link #time}, but to the millisecond, for events in quick succession. */
  public static String exactTime(Instant time) {
    return UTC_MILLIS.format(time);
  }

  /** For display: {@code 12.3 MiB}. */
  public static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    String unit = "B";
    for (String larger : List.of("KiB", "MiB", "GiB", "TiB")) {
      if (value < 1024) {
        break;
      }
      value /= 1024;
      unit = larger;
    }
    return String.format(java.util.Locale.ROOT, "%.1f %s", value, unit);
  }

  public Table row(@Nullable Object... values) {
    if (values.length != headings.size()) {
      throw new IllegalArgumentException(
          values.length + " values for " + headings.size() + " columns");
    }
    rows.add(
        Arrays.stream(values)
            .map(value -> value instanceof Cell cell ? cell : Cell.of(value))
            .toList());
    return this;
  }

  /** Adds lines below the last row. */
  public Table below(List<String> lines) {
    below.put(rows.size() - 1, lines);
    return this;
  }

  public void print(Terminal terminal) {
    int[] widths = widths(terminal.columns());
    terminal
        .out()
        .println(
            line(
                headings.stream()
                    .map(heading -> Cell.of(heading.text(), Terminal.Style.FAINT))
                    .toList(),
                widths,
                terminal));
    for (int i = 0; i < rows.size(); i++) {
      terminal.out().println(line(rows.get(i), widths, terminal));
      for (String line : below.getOrDefault(i, List.of())) {
        String text = Printable.of("    " + line);
        terminal.out().println(terminal.styled(Terminal.Style.FAINT, text));
      }
    }
  }

  private int[] widths(int columns) {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = headings.get(i).text().length();
      for (List<Cell> row : rows) {
        widths[i] = Math.max(widths[i], length(row.get(i).text()));
      }
    }
    int excess = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - columns;
    for (; excess > 0; excess--) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        boolean canShrink = headings.get(i).shrinks() && widths[i] > COLUMNS_MIN;
        if (canShrink && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private static String line(List<Cell> cells, int[] widths, Terminal terminal) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      Cell cell = cells.get(i);
      String text = shortened(cell.text(), widths[i]);
      line.append(
          cell.style() == Terminal.Style.PLAIN ? text : terminal.styled(cell.style(), text));
      if (i < widths.length - 1) {
        line.append(" ".repeat(widths[i] - length(text))).append(GAP);
      }
    }
    return line.toString();
  }

  private static String shortened(String text, int width) {
    if (length(text) <= width) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
