package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.http.request.Role;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.index.IndexQueue;
import whorl.collector.timeline.index.Preparation;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/**
 * Evidence shipped by an agent, indexed, exported and read by DuckDB with plain SQL. The Parquet
 * file stays in {@code target/readers}, where a separate module reads it with Spark.
 */
class ParquetReadersTest {
  private static final int EVENTS = 3_000;
  private static final Path LEFT = Path.of("target/readers/timeline.parquet");

  @TempDir Path root;
  private TestCollector collector;
  private ConfinedJvm confined;
  private IndexQueue index;
  private DuckTimeline timeline;
  private FakeClient viewer;
  private String path;

  @BeforeEach
  void open() throws IOException {
    TestCollector.World world = new TestCollector.World();
    collector = TestCollector.open(root, world);
    confined = new ConfinedJvm(collector.folder.confined("index"), 1, Duration.ofSeconds(30));
    index =
        new IndexQueue(
            new IndexQueue.Dependencies(
                collector.store,
                collector.folder,
                Disk.LOCAL,
                collector.custody::lines,
                (evidence, atMost) -> Preparation.Outcome.DONE,
                confined,
                () -> Long.MAX_VALUE,
                0));
    timeline = new DuckTimeline(index, collector.folder.exports(), 256 << 20);
    viewer =
        new FakeClient(
            new TimelineRoutes(
                    collector.store,
                    timeline,
                    index,
                    (request, id, limit) -> null,
                    SeenEvidence.ALL,
                    new ExportLog(collector.custody, Instant::now),
                    MarkedRows.NONE)
                .routes(),
            Role.VIEWER);
    index.start();
    FakeAgent agent =
        new FakeAgent()
            .with("events.ndjson", events())
            .with(
                "files.body",
                "0|/tmp/a%7Cb%250Ac|7|r/rrw-r--r--|0|0|42|1795599000.5|0|1795599000.5|0\n")
            .seal();
    world.keys.put(agent.id, agent.key.publicKey());
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    path = "/api/v1/evidence/" + agent.evidence;
    index.wanted(agent.evidence);
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> index.status(agent.evidence).state() == IndexStatus.State.READY);
  }

  @AfterEach
  void close() throws Exception {
    index.close();
    timeline.close();
    confined.close();
    collector.close();
  }

  @Test
  void duckDb_readsTheSameAsTheApi() throws Exception {
    Answer parquet = viewer.get(path + "/timeline?format=parquet&stacks=true");
    assertThat(parquet.header("Content-Type")).isEqualTo("application/vnd.apache.parquet");
    Files.createDirectories(LEFT.getParent());
    Files.write(LEFT, parquet.body());
    Path ndjson = root.resolve("timeline.ndjson");
    Files.write(ndjson, viewer.get(path + "/timeline?format=ndjson&stacks=true").body());

    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("CREATE VIEW parquet AS FROM '" + LEFT.toAbsolutePath() + "'");
      statement.execute(
          "CREATE VIEW lines AS FROM read_json('"
              + ndjson
              + "', format = 'newline_delimited', sample_size = -1)");

      assertThat(columns(statement)).contains("@timestamp", "file.path", "jvm.stack_trace");
      assertThat(columns(statement))
          .containsAll(Arrays.stream(Column.values()).map(Column::columnName).toList());
      long rows = number(statement, "SELECT count(*) FROM parquet");
      assertThat(rows).isGreaterThan(EVENTS);
      assertThat(number(statement, "SELECT count(*) FROM lines")).isEqualTo(rows);
      assertThat(
              number(
                  statement,
                  "SELECT count(*) FROM (SELECT \"jvm.row\", \"event.action\", message,"
                      + " \"jvm.fields\" FROM parquet EXCEPT SELECT \"jvm.row\","
                      + " \"event.action\", message, \"jvm.fields\" FROM lines)"))
          .isZero();
      assertThat(
              number(
                  statement,
                  "SELECT count(*) FROM parquet WHERE epoch_us(\"@timestamp\")"
                      + " <> \"jvm.timestamp_nanos\" // 1000"))
          .isZero();
      assertThat(
              number(
                  statement,
                  "SELECT count(*) FROM parquet WHERE \"jvm.stack_trace\" LIKE 'shop.Shop.open%'"))
          .isGreaterThanOrEqualTo(EVENTS);
    }
  }

  @Test
  void everyFormat_contains_hostileRowsOfRealEvidence() throws Exception {
    JsonNode types = viewer.get(path + "/timeline/types").json().get("types");
    assertThat(types.findValuesAsText("type")).contains("whorl.FileOpen", "file.changed");
    long rows = viewer.get(path + "/index").json().get("rows").asLong();

    for (String format : List.of("ndjson", "timesketch", "ecs")) {
      List<String> lines = viewer.get(path + "/timeline?format=" + format).text().lines().toList();
      assertThat(lines).as(format).hasSize((int) rows);
      for (String line : lines) {
        assertThat(Json.MAPPER.readTree(line).isObject()).isTrue();
      }
    }
    assertThat(viewer.get(path + "/timeline?format=bodyfile").text().lines())
        .hasSizeGreaterThan(EVENTS)
        .allMatch(line -> line.split("\\|", -1).length == 11)
        .anyMatch(line -> line.startsWith("0|/tmp/a%7Cb%250Ac|7|r/rrw-r--r--|0|0|42|1795599000.5"));
    String cursor = viewer.get(path + "/timeline?limit=5").json().get("next").asText();
    Answer tampered =
        viewer.get(path + "/timeline?limit=5&cursor=" + cursor.substring(0, cursor.length() - 4));
    assertThat(tampered.status()).isIn(200, 400);
    assertThat(viewer.get(path + "/timeline?cursor=AAAA").status()).isEqualTo(400);
    assertThat(viewer.get(path + "/timeline?cursor=%%%").text()).contains("cursor");
  }

  private static byte[] events() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      String text = HostileRows.TEXTS.get(i % (HostileRows.TEXTS.size() - 1));
      lines.add(
          Json.text(
              new EventLine(
                  i,
                  HostileRows.TIME.plusNanos(i),
                  "whorl.FileOpen",
                  Map.of("path", "/srv/" + text, "access", "read", "created", false),
                  "http-" + i % 8,
                  List.of("shop.Shop.open" + i % 50 + "(Shop.java:" + i % 50 + ")"))));
    }
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> columns(Statement statement) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (ResultSet described = statement.executeQuery("DESCRIBE parquet")) {
      while (described.next()) {
        columns.add(described.getString(1));
      }
    }
    return columns;
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }
}
