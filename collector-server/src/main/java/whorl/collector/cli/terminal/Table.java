package whorl.collector.cli.terminal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table for people: aligned, and fitted to the width of the terminal. First ids get their short
 * form; then columns are left out that are not needed, the last first; then {@link #flexible} ones
 * are shortened, the widest first, and the {@link #message} last. {@link #exact} ones stay. Where
 * the output is no terminal, nothing is left out, and tabs are between the cells.
 */
public final class Table {
  private static final String GAP = "  ";
  private static final String TAB = "\t";
  private static final int COLUMNS_MIN = 6;
  private static final int COLUMNS_READABLE = 12;
  private static final int MESSAGE_READABLE = 28;
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(:[0-9]+)?");
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter UTC_MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** What can be done with a column where the table is too wide. */
  private enum Kind {
    EXACT,
    FLEXIBLE,
    MESSAGE,
    ID
  }

  /** The heading of a column. */
  public record Heading(String text, Kind kind, boolean needed) {}

  /** The characters of an id's short form: the last ones, since the first ones are its time. */
  public static final int SHORT_ID_CHARS = 8;

  private static final int UUID_CHARS = 36;

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
    return new Heading(text, Kind.EXACT, true);
  }

  /** A column that can be shortened. */
  public static Heading flexible(String text) {
    return new Heading(text, Kind.FLEXIBLE, true);
  }

  /** The column that the table is read for; it is shortened last. */
  public static Heading message(String text) {
    return new Heading(text, Kind.MESSAGE, true);
  }

  /** A column of ids. Commands take the short form, too. */
  public static Heading id(String text) {
    return new Heading(text, Kind.ID, true);
  }

  /** The same column, which is left out where the table is too wide. */
  public static Heading optional(Heading heading) {
    return new Heading(heading.text(), heading.kind(), false);
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
    return String.format(Locale.ROOT, "%.1f %s", value, unit);
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
    List<Cell> head = new ArrayList<>();
    headings.forEach(each -> head.add(Cell.of(each.text(), Terminal.Style.FAINT)));
    if (!terminal.interactive()) {
      terminal.out().println(tabbed(head, terminal));
    }
    Fitted fitted = terminal.interactive() ? new Fitted(terminal.columns()) : null;
    if (fitted != null) {
      terminal.out().println(fitted.line(head, terminal));
    }
    for (int i = 0; i < rows.size(); i++) {
      List<Cell> row = rows.get(i);
      terminal.out().println(fitted == null ? tabbed(row, terminal) : fitted.line(row, terminal));
      for (String line : below.getOrDefault(i, List.of())) {
        String text = Printable.of("    " + line);
        terminal.out().println(terminal.styled(Terminal.Style.FAINT, text));
      }
    }
  }

  private static String tabbed(List<Cell> cells, Terminal terminal) {
    return cells.stream()
        .map(cell -> styled(cell, cell.text(), terminal))
        .collect(Collectors.joining(TAB));
  }

  private static String styled(Cell cell, String text, Terminal terminal) {
    return cell.style() == Terminal.Style.PLAIN ? text : terminal.styled(cell.style(), text);
  }

  /** The columns that are shown, and how wide they are. */
  private final class Fitted {
    private final List<Integer> shown = new ArrayList<>();
    private final int[] widths = new int[headings.size()];
    private boolean shortIds;

    Fitted(int columns) {
      for (int i = 0; i < widths.length; i++) {
        shown.add(i);
      }
      measure();
      if (excess(columns) > 0) {
        shortIds = true;
        measure();
      }
      shrink(columns, true);
      for (int i = widths.length - 1; i >= 0 && excess(columns) > 0; i--) {
        if (!headings.get(i).needed()) {
          shown.remove(Integer.valueOf(i));
          measure();
          shrink(columns, true);
        }
      }
      shrink(columns, false);
    }

    private void measure() {
      for (int i : shown) {
        widths[i] = headings.get(i).text().length();
        for (List<Cell> row : rows) {
          widths[i] = Math.max(widths[i], length(text(i, row.get(i))));
        }
      }
    }

    private int excess(int columns) {
      return shown.stream().mapToInt(i -> widths[i]).sum()
          + GAP.length() * (shown.size() - 1)
          - columns;
    }

    /**
     * Makes the widest columns narrower.
     *
     * @param readable true to leave them as wide as a reader needs them
     */
    private void shrink(int columns, boolean readable) {
      for (int excess = excess(columns); excess > 0; excess--) {
        int widest = -1;
        for (int i : shown) {
          if (widths[i] > least(i, readable) && (widest < 0 || spare(i) > spare(widest))) {
            widest = i;
          }
        }
        if (widest < 0) {
          return;
        }
        widths[widest]--;
      }
    }

    private int spare(int column) {
      boolean message = headings.get(column).kind() == Kind.MESSAGE;
      return widths[column] - (message ? MESSAGE_READABLE - COLUMNS_READABLE : 0);
    }

    private int least(int column, boolean readable) {
      return switch (headings.get(column).kind()) {
        case FLEXIBLE -> readable ? COLUMNS_READABLE : COLUMNS_MIN;
        case MESSAGE -> readable ? MESSAGE_READABLE : COLUMNS_MIN;
        case EXACT, ID -> Integer.MAX_VALUE;
      };
    }

    private String text(int column, Cell cell) {
      return shortIds && headings.get(column).kind() == Kind.ID
          ? shortId(cell.text())
          : cell.text();
    }

    private String line(List<Cell> cells, Terminal terminal) {
      StringBuilder line = new StringBuilder();
      for (int i : shown) {
        Cell cell = cells.get(i);
        String text = shortened(text(i, cell), widths[i]);
        line.append(styled(cell, text, terminal));
        if (i != shown.get(shown.size() - 1)) {
          line.append(" ".repeat(widths[i] - length(text))).append(GAP);
        }
      }
      return line.toString();
    }
  }

  /**
   * The short form of an id that was made at random, also before the number of a row; others are
   * shown whole.
   */
  static String shortId(String id) {
    return UUID.matcher(id).matches() ? id.substring(UUID_CHARS - SHORT_ID_CHARS) : id;
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
