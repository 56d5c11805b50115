package whorl.collector.export.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.export.HostileRows;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;

class BodyfileFormatTest {
  private static final Path MACTIME = Path.of("/usr/bin/mactime");
  private static final String SECONDS = "1795599328.391825818";

  @Test
  void fileTime_isALineWithThisTimeOnly() throws IOException {
    Map<Column, Object> file =
        Map.of(
            Column.FILE_PATH, "/tmp/x",
            Column.FILE_MODE, "r/rrw-r--r--",
            Column.FILE_SIZE, 42L,
            Column.FIELDS, "{\"inode\":7,\"uid\":1000,\"gid\":100}");

    assertThat(text(List.of(HostileRows.row("file.modified", file))))
        .isEqualTo("0|/tmp/x|7|r/rrw-r--r--|1000|100|42|0|" + SECONDS + "|0|0\n");
    assertThat(text(List.of(HostileRows.row("file.accessed", file)))).contains("|42|" + SECONDS);
    assertThat(text(List.of(HostileRows.row("file.born", file))))
        .endsWith("|0|0|0|" + SECONDS + "\n");
  }

  @Test
  void lineOfTheAgentsBodyfile_hasAllItsTimes() throws IOException {
    Map<Column, Object> file =
        Map.of(
            Column.FILE_PATH, "/tmp/a|b%c\nd",
            Column.FILE_MODE, "r/rrw-r--r--",
            Column.FIELDS, "{\"macb\":\"m.cb\",\"inode\":\"7\",\"uid\":\"1\",\"gid\":\"2\"}");

    assertThat(text(List.of(HostileRows.row("file.born", file))))
        .isEqualTo(
            "0|/tmp/a%7Cb%25c%250Ad|7|r/rrw-r--r--|1|2|0|0|"
                + (SECONDS + "|").repeat(2)
                + SECONDS
                + "\n");
  }

  @Test
  void events_areTimesOfTheirFiles() throws IOException {
    assertThat(event("whorl.FileOpen", "{\"access\":\"read\"}"))
        .isEqualTo("0|/tmp/x|0|0|0|0|0|" + SECONDS + "|0|0|0\n");
    assertThat(event("whorl.FileOpen", "{\"access\":\"write\"}"))
        .contains("|0|" + SECONDS + "|0|0\n");
    assertThat(event("whorl.FileOpen", "{\"access\":\"write\",\"created\":true}"))
        .endsWith("|" + SECONDS + "\n");
    assertThat(event("whorl.FileDelete", "{}")).startsWith("0|/tmp/x (deleted)|");
    assertThat(event("jdk.FileWrite", "{}")).contains("|0|" + SECONDS + "|0|0\n");
  }

  @Test
  void rowsWithoutFileTimes_areLeftOut() throws IOException {
    assertThat(event("whorl.FileOpen", "{\"access\":\"read\",\"failed\":true}")).isEmpty();
    assertThat(event("whorl.LibraryLoad", "{}")).isEmpty();
    assertThat(text(List.of(HostileRows.row("whorl.DnsLookup", Map.of())))).isEmpty();
  }

  @Test
  void names_cannotBreakTheirLine() throws IOException {
    List<Row> rows =
        HostileRows.TEXTS.stream()
            .map(text -> HostileRows.everywhere(0, "file.modified", text))
            .toList();

    String text = text(rows);

    assertThat(text.lines()).hasSameSizeAs(rows);
    assertThat(text.lines()).allSatisfy(line -> assertThat(line.split("\\|", -1)).hasSize(11));
    assertThat(text)
        .contains("%7Cpipes%7Cin%7Ca%7Cname%7C", "two%250D%250Alines", "%25257C percent %25");
  }

  @Test
  void mactime_readsEveryLineOfALargeHostileTimeline(@TempDir Path folder) throws Exception {
    assumeThat(MACTIME).as("The Sleuth Kit's mactime (package sleuthkit)").isExecutable();
    int count = 50_000;
    Path body = folder.resolve("body");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(body))) {
      RowFormat.Sink sink = new BodyfileFormat().begin(out, false);
      for (int i = 0; i < count; i++) {
        String hostile = HostileRows.TEXTS.get(i % (HostileRows.TEXTS.size() - 1));
        sink.row(
            HostileRows.row(
                i,
                HostileRows.TIME.plusSeconds(i / 10),
                i % 2 == 0 ? "file.modified" : "whorl.FileDelete",
                Map.of(Column.FILE_PATH, "/f" + i + "/" + hostile)));
      }
    }
    Path read = folder.resolve("read");

    Process mactime =
        new ProcessBuilder(MACTIME.toString(), "-d", "-y", "-b", body.toString(), "2026-11-01")
            .redirectOutput(read.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(mactime.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(mactime.exitValue()).isZero();

    List<String> names = new ArrayList<>();
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = CSVParser.parse(read, StandardCharsets.UTF_8, format)) {
      for (CSVRecord record : parser) {
        assertThat(record.get("Date")).startsWith("2026-11-25T");
        assertThat(record.get("Type")).isIn("m...", "..c.");
        names.add(record.get("File Name"));
      }
    }
    assertThat(names)
        .hasSize(count)
        .contains("/f0/" + HostileRows.TEXTS.get(0), "/f17/ (deleted)")
        .contains("/f16/%257C percent %", "/f15/|pipes|in|a|name| (deleted)")
        .contains("/f9/two%0D%0Alines%0Aand a half%0D (deleted)")
        .contains("/f10/nul%00 bell%07 escape%1B[31m c1%9B2J");
  }

  private static String event(String action, String fields) throws IOException {
    return text(
        List.of(
            HostileRows.row(action, Map.of(Column.FILE_PATH, "/tmp/x", Column.FIELDS, fields))));
  }

  private static String text(List<Row> rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowFormat.Sink sink = new BodyfileFormat().begin(out, false);
    for (Row row : rows) {
      sink.row(row);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
