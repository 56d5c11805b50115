package whorl.collector.export.formats;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowMarks;

/**
 * CSV (RFC 4180): UTF-8, lines end in CR LF, the first line has the column names, all text is
 * quoted, an absent value is empty.
 *
 * <p>Spreadsheets execute formulas, and an intruder can choose file names and URLs. Text that
 * begins with {@code = + - @}, their full-width forms, a tab, a line break or an apostrophe
 * therefore gets an apostrophe in front; removing one gives the original. Control characters other
 * than tab and line breaks become U+FFFD, and so do characters that reorder text or break lines
 * invisibly; NDJSON keeps them.
 */
final class CsvFormat implements RowFormat {
  private static final String EVENT_ID = "event.id";

  @Override
  public String mediaType() {
    return "text/csv; charset=utf-8; header=present";
  }

  @Override
  public String ending() {
    return "csv";
  }

  @Override
  public Sink begin(OutputStream out, boolean stacks) throws IOException {
    List<Column> columns =
        Arrays.stream(Column.values())
            .filter(column -> stacks || column != Column.STACK_TRACE)
            .toList();
    StringBuilder line = new StringBuilder();
    columns.forEach(column -> line.append(column.columnName()).append(','));
    RowMarks.NAMES.forEach(name -> line.append(name).append(','));
    write(out, line.append(EVENT_ID).append("\r\n"));
    return row -> write(out, line(row, columns));
  }

  private static StringBuilder line(Row row, List<Column> columns) {
    StringBuilder line = new StringBuilder(512);
    for (Column column : columns) {
      switch (column.kind()) {
        case TEXT -> {
          String text = row.text(column);
          if (text != null) {
            quoted(line, text);
          }
        }
        case NUMBER -> {
          Long number = row.number(column);
          if (number != null) {
            line.append((long) number);
          }
        }
        case TIME -> {
          Long nanos = row.number(column);
          if (nanos != null) {
            line.append(Times.rfc3339(nanos));
          }
        }
      }
      line.append(',');
    }
    RowMarks marks = row.marks();
    if (marks == null) {
      line.append(",,,");
    } else {
      line.append(marks.star() ? "true," : ",");
      quoted(line, String.join(", ", marks.tags()));
      line.append(',');
      quoted(line, marks.comment());
      line.append(',');
    }
    return line.append(row.id()).append("\r\n");
  }

  /** Appends text in quotes, so that no spreadsheet executes it. */
  static void quoted(StringBuilder line, String value) {
    String text = WellFormed.text(value);
    line.append('"');
    if (!text.isEmpty() && SpreadsheetText.beginsFormula(text.charAt(0))) {
      line.append('\'');
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        line.append("\"\"");
      } else if (SpreadsheetText.isMisleading(c)) {
        line.append('\uFFFD');
      } else {
        line.append(c);
      }
    }
    line.append('"');
  }

  private static void write(OutputStream out, StringBuilder line) throws IOException {
    out.write(line.toString().getBytes(StandardCharsets.UTF_8));
  }
}
