package whorl.collector.export.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.export.HostileRows;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;

/** Reads the lines as simple readers do, at commas, and with an independent CSV library. */
class L2tcsvFormatTest {
  private static final String HEADER =
      "date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,"
          + "notes,format,extra";
  private static final int COLUMNS = 17;

  @Test
  void noRows_areAHeader() throws IOException {
    assertThat(text(List.of())).isEqualTo(HEADER + "\n");
  }

  @Test
  void event_isALine() throws IOException {
    Row row =
        HostileRows.row(
            "whorl.SocketConnect",
            Map.of(
                Column.CATEGORY, "network",
                Column.DATASET, "recording.jfr",
                Column.MESSAGE, "connected to evil.example, port 443",
                Column.HOST, "shop-1",
                Column.RULE_NAME, "Odd Host",
                Column.DESTINATION_PORT, 443L));

    assertThat(lines(List.of(row)))
        .containsExactly(
            "11/25/2026,09:35:28,UTC,....,LOG,Whorl network,whorl.SocketConnect,-,shop-1,"
                + "connected to evil.example  port 443,connected to evil.example  port 443,2,-,-,"
                + "Odd Host,recording.jfr,event.id: evidence-0001:0; "
                + "@timestamp: 2026-11-25T09:35:28.391825818Z; "
                + "jvm.time: 2026-11-25T09:35:28.391825818Z; jvm.row: 0; "
                + "event.action: whorl.SocketConnect; destination.port: 443; "
                + "jvm.evidence: evidence-0001");
  }

  @Test
  void timeOfAFile_hasItsLettersAndMeaning() throws IOException {
    Map<Column, Object> file =
        Map.of(
            Column.CATEGORY, "file",
            Column.DATASET, "files.body",
            Column.MESSAGE, "/tmp/x was modified",
            Column.FILE_PATH, "/tmp/x",
            Column.FIELDS, "{\"macb\":\"m.c.\",\"inode\":\"7\"}");

    assertThat(lines(List.of(HostileRows.row("file.modified", file))).get(0))
        .startsWith(
            "11/25/2026,09:35:28,UTC,M.C.,FILE,Whorl file,"
                + "Content Modification Time; Metadata Modification Time,-,-,"
                + "/tmp/x was modified,/tmp/x was modified,2,/tmp/x,7,-,files.body,"
                + "\"event.id: evidence-0001:0; ")
        .endsWith(
            "jvm.fields: {\"\"macb\"\":\"\"m.c.\"\" \"\"inode\"\":\"\"7\"\"}; "
                + "jvm.evidence: evidence-0001\"");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "file.accessed, {}, .A..",
    "file.born, {}, ...B",
    "whorl.FileOpen, {\"access\":\"read\"}, .A..",
    "whorl.FileOpen, {\"created\":true}, ...B",
    "whorl.FileDelete, {}, ..C.",
    "whorl.FileDelete, {\"failed\":true}, ....",
    "class.found, {}, ....",
  })
  void letters_areOfTheTimesThatChanged(String action, String fields, String letters)
      throws IOException {
    Row row = HostileRows.row(action, Map.of(Column.FILE_PATH, "/tmp/x", Column.FIELDS, fields));

    assertThat(read(text(List.of(row))).get(0).get("MACB")).isEqualTo(letters);
  }

  @Test
  void dates_areOfUtc_alsoBefore1970() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String time : List.of("1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00Z")) {
      rows.add(HostileRows.row(0, Instant.parse(time), "x.Y", Map.of()));
    }

    assertThat(lines(rows).get(0)).startsWith("12/31/1969,23:59:59,UTC,");
    assertThat(lines(rows).get(1)).startsWith("01/01/1970,00:00:00,UTC,");
  }

  @Test
  void longMessage_isShortened_betweenCharacters() throws IOException {
    String pairs = "x" + "\ud83d\udca9".repeat(60);
    CSVRecord exact = readMessage("y".repeat(80));
    CSVRecord longer = readMessage("y".repeat(81));
    CSVRecord split = readMessage("x" + pairs);

    assertThat(exact.get("short")).isEqualTo("y".repeat(80));
    assertThat(longer.get("short")).isEqualTo("y".repeat(77) + "...");
    assertThat(longer.get("desc")).isEqualTo("y".repeat(81));
    assertThat(split.get("short")).isEqualTo("xx" + "\ud83d\udca9".repeat(37) + "...");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "=1+1,2|'=1+1 2",
        " =1|' =1",
        ",=1|' =1",
        "-2+3|'-2+3",
        "＝1|'＝1",
        "-|-",
        ",|-",
        "say \"x\"|\"say \"\"x\"\"\"",
        "\"x|\"\"\"x\"",
        "a;b|a;b",
      })
  void hostileMessage_isWrittenHarmless(String message, String written) throws IOException {
    Row row = HostileRows.row("x.Y", Map.of(Column.MESSAGE, message));

    assertThat(lines(List.of(row)).get(0).split(",", -1)[10]).isEqualTo(written);
  }

  @Test
  void hostileText_hasALineOfItsOwn_and17Columns_forEveryReader() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String text : HostileRows.TEXTS) {
      rows.add(HostileRows.everywhere(rows.size(), "x.Y", text));
    }
    rows.add(HostileRows.row("", Map.of()));

    List<String> lines = lines(rows);
    List<CSVRecord> records = read(text(rows));

    assertThat(lines).hasSameSizeAs(rows);
    assertThat(records).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      assertThat(lines.get(i).split(",", -1)).hasSize(COLUMNS);
      CSVRecord read = records.get(i);
      assertThat(read.size()).isEqualTo(COLUMNS);
      assertThat(time(read)).isEqualTo(row.time().truncatedTo(ChronoUnit.SECONDS));
      assertThat(read.get("version")).isEqualTo("2");
      assertThat(read.get("extra")).startsWith("event.id: " + row.id() + "; ");
      assertThat(read.get("short")).hasSizeLessThanOrEqualTo(81);
      for (String value : read) {
        assertThat(value)
            .doesNotMatch("(?s)\\s*[=+@＝＋－＠].*|(?s)\\s*-.+")
            .doesNotContainPattern(
                "[\\p{Cc},]|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]|\\p{Cs}")
            .isNotBlank();
      }
    }
  }

  private static CSVRecord readMessage(String message) throws IOException {
    return read(text(List.of(HostileRows.row("x.Y", Map.of(Column.MESSAGE, message))))).get(0);
  }

  private static Instant time(CSVRecord read) {
    return LocalDateTime.parse(
            read.get("date") + " " + read.get("time"),
            DateTimeFormatter.ofPattern("MM/dd/uuuu HH:mm:ss"))
        .toInstant(ZoneOffset.of(read.get("timezone").replace("UTC", "Z")));
  }

  /** Without the header. */
  private static List<String> lines(List<Row> rows) throws IOException {
    String text = text(rows);
    assertThat(text).startsWith(HEADER + "\n").endsWith("\n");
    return List.of(text.substring(HEADER.length() + 1).split("\n"));
  }

  private static String text(List<Row> rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowFormat.Sink sink = new L2tcsvFormat().begin(out, true);
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
