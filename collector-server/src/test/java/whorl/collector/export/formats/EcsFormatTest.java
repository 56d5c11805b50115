package whorl.collector.export.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.util.NetUtil;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import whorl.collector.export.HostileRows;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Json;

/** Checks documents against the schema's own list of fields. */
class EcsFormatTest {
  private record Field(String type, boolean array) {}

  private final Map<String, Field> schema = schema();

  @Test
  void columns_areOfTheSchemaOrOurOwn_withItsTypes() {
    for (Column column : Column.values()) {
      if (column.columnName().startsWith("jvm.")) {
        continue;
      }
      Field field = schema.get(column.columnName());
      assertThat(field).as(column.columnName()).isNotNull();
      switch (column.kind()) {
        case TIME -> assertThat(field.type()).as(column.columnName()).isEqualTo("date");
        case NUMBER -> assertThat(field.type()).as(column.columnName()).isEqualTo("long");
        case TEXT ->
            assertThat(field.type())
                .as(column.columnName())
                .isIn("keyword", "wildcard", "match_only_text", "ip");
      }
    }
  }

  @Test
  void document_isNested_withListsWhereTheSchemaHasThem() throws IOException {
    EnumMap<Column, Object> values = new EnumMap<>(Column.class);
    values.put(Column.CATEGORY, "network");
    values.put(Column.TYPE, "info");
    values.put(Column.DNS_NAME, "evil.example");
    values.put(Column.DNS_ADDRESSES, "192.0.2.7, 2001:db8::1");
    values.put(Column.SOURCE_IP, "198.51.100.4");
    values.put(Column.FILE_MODE, "r/rrwsr-x--T");
    values.put(Column.FIELDS, "{\"host\":\"evil.example\"}");

    JsonNode document = documents(List.of(HostileRows.row("whorl.DnsLookup", values))).get(0);

    assertThat(document.at("/ecs/version").asText()).isEqualTo("9.0.0");
    assertThat(document.at("/event/action").asText()).isEqualTo("whorl.DnsLookup");
    assertThat(document.at("/event/category").toString()).isEqualTo("[\"network\"]");
    assertThat(document.at("/event/type").toString()).isEqualTo("[\"info\"]");
    assertThat(document.at("/dns/resolved_ip").toString())
        .isEqualTo("[\"192.0.2.7\",\"2001:db8::1\"]");
    assertThat(document.at("/related/ip").toString())
        .isEqualTo("[\"198.51.100.4\",\"192.0.2.7\",\"2001:db8::1\"]");
    assertThat(document.at("/related/hosts/0").asText()).isEqualTo("evil.example");
    assertThat(document.at("/file/mode").asText()).isEqualTo("5750");
    assertThat(document.at("/jvm/fields").isTextual()).isTrue();
    assertThat(document.at("/jvm/row").asLong()).isZero();
  }

  @Test
  void startedProcess_hasWhatRulesOfElasticAskFor() throws IOException {
    List<JsonNode> documents =
        documents(
            List.of(
                HostileRows.row(
                    "whorl.ProcessStart",
                    Map.of(Column.COMMAND_LINE, "/bin/sh -c id", Column.CONTAINER, "4711")),
                HostileRows.row("whorl.ProcessStart", Map.of(Column.COMMAND_LINE, "curl  x")),
                HostileRows.row("whorl.ProcessStart", Map.of(Column.COMMAND_LINE, " "))));

    assertThat(documents.get(0).at("/process/name").asText()).isEqualTo("sh");
    assertThat(documents.get(0).at("/process/executable").asText()).isEqualTo("/bin/sh");
    assertThat(documents.get(0).at("/process/args").toString())
        .isEqualTo("[\"/bin/sh\",\"-c\",\"id\"]");
    assertThat(documents.get(0).at("/process/args_count").asInt()).isEqualTo(3);
    assertThat(documents.get(0).at("/host/os/type").asText()).isEqualTo("linux");
    assertThat(documents.get(0).at("/event/module").asText()).isEqualTo("whorl");
    assertThat(documents.get(1).at("/process/name").asText()).isEqualTo("curl");
    assertThat(documents.get(1).at("/process/executable").isMissingNode()).isTrue();
    assertThat(documents.get(1).at("/host/os").isMissingNode()).isTrue();
    assertThat(documents.get(2).at("/process/args").isMissingNode()).isTrue();
  }

  @Test
  void malformedAddresses_loseNoDocument() throws IOException {
    JsonNode document =
        documents(
                List.of(
                    HostileRows.row(
                        "x.Y",
                        Map.of(
                            Column.SOURCE_IP, "unix:/run/x",
                            Column.DESTINATION_IP, "/[fe80::1%eth0]",
                            Column.DNS_ADDRESSES, "nonsense"))))
            .get(0);

    assertThat(document.at("/source/ip").isMissingNode()).isTrue();
    assertThat(document.at("/source/address").asText()).isEqualTo("unix:/run/x");
    assertThat(document.at("/destination/address").asText()).isEqualTo("/[fe80::1%eth0]");
    assertThat(document.at("/dns").isMissingNode()).isTrue();
  }

  @Test
  void hostileRows_areValidDocuments() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String text : HostileRows.TEXTS) {
      rows.add(HostileRows.everywhere(rows.size(), "x.Y", text));
    }

    List<JsonNode> documents = documents(rows);

    assertThat(documents).hasSameSizeAs(rows);
    documents.forEach(document -> leaves("", document, this::isOfTheSchema));
  }

  private void isOfTheSchema(String name, JsonNode value) {
    if (name.startsWith("jvm.")) {
      return;
    }
    Field field = schema.get(name);
    assertThat(field).as(name).isNotNull();
    assertThat(value.isArray()).as(name).isEqualTo(field.array());
    for (JsonNode one : value.isArray() ? value : List.of(value)) {
      switch (field.type()) {
        case "date" -> assertThat(Instant.parse(one.asText())).isNotNull();
        case "long" -> assertThat(one.isIntegralNumber()).as(name).isTrue();
        case "ip" ->
            assertThat(
                    NetUtil.isValidIpV4Address(one.asText())
                        || NetUtil.isValidIpV6Address(one.asText()))
                .as(name)
                .isTrue();
        default -> assertThat(one.isTextual()).as(name).isTrue();
      }
    }
  }

  private static void leaves(String name, JsonNode node, BiConsumer<String, JsonNode> visitor) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              field ->
                  leaves(
                      name.isEmpty() ? field.getKey() : name + "." + field.getKey(),
                      field.getValue(),
                      visitor));
    } else {
      visitor.accept(name, node);
    }
  }

  private static List<JsonNode> documents(List<Row> rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowFormat.Sink sink = new EcsFormat().begin(out, true);
    for (Row row : rows) {
      sink.row(row);
    }
    List<JsonNode> documents = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).split("\n")) {
      documents.add(Json.MAPPER.readTree(line));
    }
    return documents;
  }

  private static Map<String, Field> schema() {
    Map<String, Field> schema = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                EcsFormatTest.class.getResourceAsStream("ecs-fields.csv"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] parts = line.split(",", -1);
          schema.put(parts[0], new Field(parts[1], parts[2].equals("array")));
        }
      }
      return schema;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
