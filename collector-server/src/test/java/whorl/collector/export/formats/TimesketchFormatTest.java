package whorl.collector.export.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.export.HostileRows;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Json;

/**
 * Timesketch's requirements for a JSONL file, as in {@code read_and_validate_jsonl} of {@code
 * timesketch/lib/utils.py}: every line is a JSON object with {@code message}, {@code datetime} and
 * {@code timestamp_desc}. The time has an offset, because without one it is taken as the server's
 * own. {@code timestamp} is in microseconds; {@code tag}, if present, is a list. Names that begin
 * with two underscores are reserved for its index.
 */
class TimesketchFormatTest {
  private static final List<String> MANDATORY = List.of("message", "datetime", "timestamp_desc");

  @Test
  void line_hasTheImportersFields_andOurColumns() throws IOException {
    JsonNode line =
        lines(
                List.of(
                    HostileRows.row(
                        "whorl.FileOpen",
                        Map.of(
                            Column.MESSAGE, "opened /etc/passwd",
                            Column.FILE_PATH, "/etc/passwd"))))
            .get(0);

    assertThat(line.get("message").asText()).isEqualTo("opened /etc/passwd");
    assertThat(line.get("datetime").asText()).isEqualTo("2026-11-25T09:35:28.391825+00:00");
    assertThat(line.get("timestamp").asLong()).isEqualTo(1_795_599_328_391_825L);
    assertThat(line.get("timestamp_desc").asText()).isEqualTo("whorl.FileOpen");
    assertThat(line.get("file.path").asText()).isEqualTo("/etc/passwd");
    assertThat(line.get("event.id").asText()).isEqualTo("evidence-0001:0");
  }

  @Test
  void fileTimes_haveThePlasoDescriptions() throws IOException {
    assertThat(
            lines(
                    List.of(
                        HostileRows.row("file.modified", Map.of()),
                        HostileRows.row("file.accessed", Map.of()),
                        HostileRows.row("file.changed", Map.of()),
                        HostileRows.row("file.born", Map.of()),
                        HostileRows.row(
                            "file.modified", Map.of(Column.FIELDS, "{\"macb\":\"m.c.\"}"))))
                .stream()
                .map(line -> line.get("timestamp_desc").asText()))
        .containsExactly(
            "Content Modification Time",
            "Last Access Time",
            "Metadata Modification Time",
            "Creation Time",
            "Content Modification Time; Metadata Modification Time");
  }

  @Test
  void hostileRows_areAcceptedByTheImporter() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String text : HostileRows.TEXTS) {
      rows.add(HostileRows.everywhere(rows.size(), "x.Y", text));
    }
    rows.add(HostileRows.row("", Map.of()));

    List<JsonNode> lines = lines(rows);

    assertThat(lines).hasSameSizeAs(rows);
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = lines.get(i);
      assertThat(MANDATORY).allSatisfy(name -> assertThat(line.get(name).isTextual()).isTrue());
      OffsetDateTime time = OffsetDateTime.parse(line.get("datetime").asText());
      assertThat(time.toInstant()).isEqualTo(rows.get(i).time().truncatedTo(ChronoUnit.MICROS));
      assertThat(line.get("timestamp").isIntegralNumber()).isTrue();
      assertThat(line.fieldNames())
          .toIterable()
          .allSatisfy(name -> assertThat(name).doesNotStartWith("_").isNotEmpty());
      assertThat(line.has("tag")).isFalse();
    }
  }

  private static List<JsonNode> lines(List<Row> rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowFormat.Sink sink = new TimesketchFormat().begin(out, true);
    for (Row row : rows) {
      sink.row(row);
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).split("\n")) {
      lines.add(Json.MAPPER.readTree(line));
    }
    return lines;
  }
}
