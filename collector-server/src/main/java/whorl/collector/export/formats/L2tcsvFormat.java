package whorl.collector.export.formats;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Text;

/**
 * The CSV of log2timeline, as Plaso's output module {@code l2tcsv} writes it ({@code
 * plaso/output/l2t_csv.py}): UTF-8, lines end in LF, the first line has the names of 17 columns.
 *
 * <pre>
 *   date        MM/DD/YYYY                   desc      the message; the action if there is none
 *   time        HH:MM:SS                     version   2
 *   timezone    UTC                          filename  file.path
 *   MACB        times of a file, else ....   inode     of the file
 *   source      FILE for a file's times,     notes     rule.name
 *               else LOG                     format    event.dataset
 *   sourcetype  Whorl and event.category     extra     event.id and all other columns, as
 *   type        meaning of the time                    "name: value; name: value"
 *   user        always unknown
 *   host        host.name
 *   short       desc, at most 80 characters
 * </pre>
 *
 * <p>Readers split lines at commas, so no value has a comma, tab or line break: each becomes a
 * space. A value with quotation marks is quoted as in RFC 4180. An unknown value is {@code -}. As
 * in {@link CsvFormat}, misleading characters become U+FFFD, and text that a spreadsheet would
 * execute gets an apostrophe in front, also if spaces come first.
 */
final class L2tcsvFormat implements RowFormat {
  private static final String HEADER =
      "date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,"
          + "notes,format,extra\n";
  private static final DateTimeFormatter DATE_AND_TIME =
      DateTimeFormatter.ofPattern("MM/dd/uuuu,HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final String UNKNOWN = "-";
  private static final String VERSION = "2";
  private static final int SHORT_MAX_CHARS = 80;
  private static final String CUT = "...";
  private static final String EVENT_ID = "event.id";

  /** What has a column of its own. */
  private static final Set<String> NOT_EXTRA =
      Set.of(
          EVENT_ID,
          Column.CATEGORY.columnName(),
          Column.DATASET.columnName(),
          Column.MESSAGE.columnName(),
          Column.FILE_PATH.columnName(),
          Column.RULE_NAME.columnName(),
          Column.HOST.columnName());

  @Override
  public String mediaType() {
    return "text/csv; charset=utf-8; header=present";
  }

  @Override
  public String ending() {
    return "l2t.csv";
  }

  @Override
  public Sink begin(OutputStream out, boolean stacks) throws IOException {
    out.write(HEADER.getBytes(StandardCharsets.UTF_8));
    return row -> out.write(line(row).getBytes(StandardCharsets.UTF_8));
  }

  private static String line(Row row) {
    String path = row.text(Column.FILE_PATH);
    Map<String, Object> fields = path == null ? Map.of() : row.fields();
    String category = row.text(Column.CATEGORY);
    String message = row.text(Column.MESSAGE);
    String description = clean(message == null || message.isBlank() ? row.action() : message);

    StringBuilder line = new StringBuilder(512).append(DATE_AND_TIME.format(row.time()));
    line.append(",UTC,").append(macb(row, fields));
    line.append(row.action().startsWith("file.") ? ",FILE" : ",LOG");
    add(line, category == null ? "Whorl" : "Whorl " + category);
    add(line, FileTime.meaning(row));
    add(line, null);
    add(line, row.text(Column.HOST));
    addClean(line, shortened(description));
    addClean(line, description);
    add(line, VERSION);
    add(line, path);
    add(line, fields.get("inode"));
    add(line, row.text(Column.RULE_NAME));
    add(line, row.text(Column.DATASET));
    add(line, extra(row));
    return line.append('\n').toString();
  }

  /** Such as {@code M.C.}; only dots for what is not a time of a file. */
  private static String macb(Row row, Map<String, Object> fields) {
    StringBuilder letters = new StringBuilder();
    boolean isOfFile = row.text(Column.FILE_PATH) != null;
    Set<FileTime> times = isOfFile ? FileTime.of(row, fields) : Set.of();
    for (FileTime time : FileTime.values()) {
      letters.append(times.contains(time) ? Character.toUpperCase(time.letter()) : '.');
    }
    return letters.toString();
  }

  /** Begins with the row's id: a name that begins with {@code @} would be taken as a formula. */
  private static String extra(Row row) {
    StringBuilder extra = new StringBuilder(EVENT_ID).append(": ").append(row.id());
    row.flat()
        .forEach(
            (name, value) -> {
              if (!NOT_EXTRA.contains(name)) {
                extra.append("; ").append(name).append(": ").append(value);
              }
            });
    return extra.toString();
  }

  private static String shortened(String text) {
    if (text.length() <= SHORT_MAX_CHARS) {
      return text;
    }
    return Text.beginning(text, SHORT_MAX_CHARS - CUT.length()) + CUT;
  }

  private static void add(StringBuilder line, @Nullable Object value) {
    addClean(line, value == null ? UNKNOWN : clean(value.toString()));
  }

  private static void addClean(StringBuilder line, String text) {
    line.append(',');
    if (text.isBlank() || text.equals(UNKNOWN)) {
      line.append(UNKNOWN);
      return;
    }
    boolean isFormula = SpreadsheetText.beginsFormula(text.stripLeading().charAt(0));
    String harmless = isFormula ? "'" + text : text;
    if (harmless.indexOf('"') < 0) {
      line.append(harmless);
    } else {
      line.append('"').append(harmless.replace("\"", "\"\"")).append('"');
    }
  }

  private static String clean(String value) {
    String text = WellFormed.text(value);
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ',' || c == '\t' || c == '\r' || c == '\n') {
        clean.append(' ');
      } else {
        clean.append(SpreadsheetText.isMisleading(c) ? '\uFFFD' : c);
      }
    }
    return clean.toString();
  }
}
