package whorl.collector.export.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import whorl.collector.export.HostileRows;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowMarks;

/** Reads the CSV with an independent library. */
class CsvFormatTest {
  @Test
  void columns_areNamedInTheFirstLine_stacksOnRequestOnly() throws IOException {
    assertThat(text(false, List.of()))
        .startsWith("@timestamp,jvm.time,jvm.row,event.kind,")
        .endsWith(",event.id\r\n")
        .doesNotContain("jvm.stack_trace");
    assertThat(text(true, List.of())).contains(",jvm.stack_trace,");
  }

  @Test
  void values_areReadBackUnchanged() throws IOException {
    Row row =
        HostileRows.row(
            "whorl.FileOpen",
            Map.of(
                Column.FILE_PATH, "/proc/self/environ",
                Column.FILE_SIZE, -7L,
                Column.STACK_TRACE, "a.A.a(A.java:1)\nb.B.b(B.java:2)"));

    CSVRecord read = read(text(true, List.of(row))).get(0);

    assertThat(read.get("@timestamp")).isEqualTo("2026-11-25T09:35:28.391825818Z");
    assertThat(read.get("event.action")).isEqualTo("whorl.FileOpen");
    assertThat(read.get("file.path")).isEqualTo("/proc/self/environ");
    assertThat(read.get("file.size")).isEqualTo("-7");
    assertThat(read.get("jvm.stack_trace")).isEqualTo("a.A.a(A.java:1)\nb.B.b(B.java:2)");
    assertThat(read.get("url.path")).isEmpty();
    assertThat(read.get("event.id")).isEqualTo("evidence-0001:0");
  }

  @Test
  void hostileText_staysInItsCell_andIsNotAFormula() throws IOException {
    List<Row> rows =
        HostileRows.TEXTS.stream().map(text -> HostileRows.everywhere(0, "x.Y", text)).toList();

    List<CSVRecord> read = read(text(true, rows));

    assertThat(read).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      String given = HostileRows.TEXTS.get(i);
      String cell = read.get(i).get("message");
      assertThat(read.get(i).size()).isEqualTo(Column.values().length + RowMarks.NAMES.size() + 1);
      assertThat(cell).doesNotMatch("(?s)[=+\\-@＝＋－＠\t\r\n].*");
      assertThat(cell.startsWith("'") ? cell.substring(1) : cell)
          .isEqualTo(
              WellFormed.text(given)
                  .replaceAll(
                      "[\\p{Cc}&&[^\t\r\n]]|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]",
                      "\uFFFD"));
    }
  }

  private static String text(boolean stacks, List<Row> rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowFormat.Sink sink = new CsvFormat().begin(out, stacks);
    for (Row row : rows) {
      sink.row(row);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<CSVRecord> read(String text) throws IOException {
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
      return parser.getRecords();
    }
  }
}
