package whorl.collector.timeline.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.collector.timeline.index.IndexRig;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Two pieces of evidence of one JVM have the same alert and the same file; a third, of another JVM
 * elsewhere, has an alert of the same id.
 */
@Timeout(300)
class DuplicatesTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir private static Path root;
  private static IndexRig rig;
  private static Id one;
  private static Id two;
  private static Id elsewhere;

  @BeforeAll
  static void index() throws Exception {
    rig = new IndexRig(root);
    rig.index.start();
    FakeAgent agent = new FakeAgent();
    one = indexed(agent, "node-1", 42);
    two = indexed(agent.again(), "node-1", 43);
    elsewhere = indexed(new FakeAgent(), "node-2", 42);
  }

  @AfterAll
  static void close() throws Exception {
    rig.close();
  }

  /**
   * @param size of a file that changes though its time does not
   */
  private static Id indexed(FakeAgent agent, String host, int size) throws Exception {
    agent.host = host;
    Id evidence =
        rig.received(
            agent
                .with("alert.json", raised(TIME, "id"))
                .with("events.ndjson", event("alert-0001", "A shell"))
                .with(
                    "files.body",
                    "0|/etc/passwd|7|r/rrw-r--r--|0|0|42|0|1300000000|0|0\n"
                        + "0|/tmp/changed|8|r/rrw-r--r--|0|0|"
                        + size
                        + "|0|1300000000|0|0\n"));
    rig.indexed(evidence);
    return evidence;
  }

  private static String raised(Instant time, String command) {
    return "{\"alert\":{\"id\":\"alert-0001\",\"source\":\"whorl\",\"time\":\""
        + time
        + "\",\"rule\":\"r\",\"level\":\"high\",\"title\":\"A shell\",\"tags\":[],\"fields\":"
        + Json.text(Map.of("command", command))
        + ",\"stack\":[]},\"joined\":[]}";
  }

  private static String event(String id, String title) {
    EventLine event =
        new EventLine(
            7,
            TIME.plusMillis(3),
            "whorl.Alert",
            Map.of("id", id, "rule", "r", "level", "high", "title", title),
            "main",
            List.of());
    return Json.text(event) + "\n";
  }

  private static List<Row> page(TimelineQuery query) throws Exception {
    return rig.timeline.page(query.once(true).page(1_000, null)).rows();
  }

  private static TimelineQuery alerts(Id... evidence) {
    return TimelineQuery.of(evidence).types("whorl.Alert", "alert.raised");
  }

  @Test
  void alert_isOneRow_theOneWithItsRule() throws Exception {
    assertThat(rig.rows(alerts(one))).hasSize(2);

    List<Row> rows = page(alerts(one));

    assertThat(rows).extracting(Row::action).containsExactly("alert.raised");
    assertThat(rows.get(0).pieces()).isEqualTo(1);
    assertThat(rig.rows(alerts(one).once(true))).hasSize(1);
    assertThat(
            rig.timeline.types(alerts(one).once(true)).stream()
                .mapToLong(Timeline.TypeCount::count)
                .sum())
        .isEqualTo(1);
  }

  @Test
  void alert_thatOnlyItsEventMatches_isShownAsThat() throws Exception {
    assertThat(page(TimelineQuery.of(one).types("whorl.*")))
        .extracting(Row::action)
        .containsExactly("whorl.Alert");
  }

  @Test
  void alertOfSeveralPieces_isOneRow_withTheirNumber() throws Exception {
    List<Row> rows = page(alerts(one, two));

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).flat()).containsEntry("pieces", 2);
    assertThat(rig.timeline.page(alerts(one, two).once(true).page(1, null)).next()).isNull();
  }

  @Test
  void fileTimes_ofOneHost_areOnce_unlessTheFileIsAnother() throws Exception {
    TimelineQuery files = TimelineQuery.of(one, two, elsewhere).types("file.modified");
    assertThat(rig.rows(files)).hasSize(6);

    List<Row> rows = page(files);

    assertThat(rows)
        .extracting(row -> row.text(Column.FILE_PATH) + " " + row.pieces())
        .containsExactlyInAnyOrder(
            "/etc/passwd 2", // of the two
            "/etc/passwd 1",
            "/tmp/changed 1",
            "/tmp/changed 1",
            "/tmp/changed 1");
    assertThat(page(files.newestFirst(true))).hasSameSizeAs(rows);
    assertThat(rig.rows(files.once(true))).hasSameSizeAs(rows);
    ByteArrayOutputStream export = new ByteArrayOutputStream();
    rig.timeline.parquet(files.once(true), export);
    assertThat(export.size()).isPositive();
    assertThat(rig.timeline.histogram(files.once(true), 3).series())
        .allSatisfy(
            series ->
                assertThat(series.counts().stream().mapToLong(Long::longValue).sum()).isEqualTo(5));
  }

  @Test
  void manyFilesOfManyPieces_areComparedInLittleMemory() throws Exception {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      body.append("0|/app/").append(i).append("|7|r/rrw-r--r--|0|0|42|");
      body.append(1_100_000_000 + i).append('|').append(1_200_000_000 + i).append('|');
      body.append(1_300_000_000 + i).append("|0\n");
    }
    FakeAgent agent = new FakeAgent();
    agent.host = "node-3";
    Id indexed = rig.received(agent.with("files.body", body.toString()));
    rig.indexed(indexed);
    DuckTimeline.Rows rows = rig.index.of(indexed);
    Id[] pieces = new Id[20];
    Arrays.setAll(pieces, i -> new Id("evidence-000" + (10 + i)));
    TimelineQuery files = TimelineQuery.of(pieces).types("file.*").once(true);

    try (DuckTimeline same =
        new DuckTimeline(
            id -> {
              Map<Column, String> constants = new EnumMap<>(rows.constants());
              constants.put(Column.EVIDENCE, id.value());
              return new DuckTimeline.Rows(rows.folder(), rows.files(), constants);
            },
            root.resolve("same"),
            IndexRig.MEMORY_BYTES)) {
      assertThat(same.page(files.page(10, null)).rows())
          .hasSize(10)
          .allSatisfy(row -> assertThat(row.pieces()).isEqualTo(pieces.length));
      assertThat(same.types(files).stream().mapToLong(Timeline.TypeCount::count).sum())
          .isEqualTo(3 * 5_000);
    }
  }

  @Test
  void rowThatIsNamed_isShown() throws Exception {
    Row hidden =
        rig.rows(alerts(one)).stream()
            .filter(row -> row.action().equals("whorl.Alert"))
            .findFirst()
            .orElseThrow();

    assertThat(
            page(
                TimelineQuery.of(one)
                    .where(Column.ROW, Where.Op.EQ, Long.toString(hidden.number()))))
        .hasSize(1);
  }

  /** Who knows the id of somebody's alert could otherwise hide it in a case. */
  @Test
  void alertOfAnotherJvm_withTheSameId_hidesNone() throws Exception {
    assertThat(page(alerts(one, elsewhere)))
        .extracting(Row::evidence)
        .containsExactlyInAnyOrder(one, elsewhere);
  }

  /** Code in the JVM can have its key, and make more evidence of it. */
  @Test
  void laterEvidence_thatSaysSomethingElseOfAnAlert_hidesNone() throws Exception {
    FakeAgent agent = new FakeAgent();
    Id genuine = rig.received(agent.with("alert.json", raised(TIME, "curl evil.example")));
    Id madeUp = rig.received(agent.again().with("alert.json", raised(TIME.minusMillis(1), "true")));
    rig.indexed(genuine);
    rig.indexed(madeUp);

    assertThat(page(alerts(genuine, madeUp)))
        .extracting(Row::evidence)
        .containsExactlyInAnyOrder(genuine, madeUp);
  }

  @Test
  void laterEvidence_thatSaysAnotherTimeOfAnAlert_doesNotHideItsEvent() throws Exception {
    FakeAgent agent = new FakeAgent();
    Id genuine = rig.received(agent.with("events.ndjson", event("alert-0001", "A shell")));
    Id madeUp =
        rig.received(agent.again().with("alert.json", raised(TIME.minusSeconds(86_400), "true")));
    Id repeated = rig.received(agent.again().with("alert.json", raised(TIME, "id")));
    rig.indexed(genuine);
    rig.indexed(madeUp);
    rig.indexed(repeated);

    assertThat(page(alerts(genuine, madeUp)))
        .extracting(Row::evidence)
        .containsExactlyInAnyOrder(genuine, madeUp);
    assertThat(page(alerts(genuine, repeated))).extracting(Row::evidence).containsExactly(repeated);
  }

  /** The one of the first piece has another owner, and does not match. */
  @Test
  void fileTime_thatMatchesInALaterPieceAlone_isShown() throws Exception {
    String name = "0|/srv/key|7|r/rrw-------|";
    String times = "|0|42|0|1300000000|0|0\n";
    FakeAgent agent = new FakeAgent();
    agent.host = "node-4";
    String line = name + 33 + times;
    Id first = rig.received(agent.with("files.body", line + line.replace("key", "1001-key")));
    FakeAgent again = agent.again();
    again.host = "node-4";
    Id later = rig.received(again.with("files-later.body", name + 1001 + times));
    rig.indexed(first);
    rig.indexed(later);
    TimelineQuery files = TimelineQuery.of(first, later).types("file.modified");

    assertThat(page(files)).extracting(Row::evidence).containsExactly(first, first);
    for (TimelineQuery narrow :
        List.of(
            files.text("\"1001\""), files.where(Column.DATASET, Where.Op.EQ, "files-later.body"))) {
      assertThat(page(narrow)).extracting(Row::evidence).containsExactly(later);
      assertThat(rig.rows(narrow.once(true))).hasSize(1);
      assertThat(rig.timeline.types(narrow.once(true))).hasSize(1);
    }
  }

  /** The timeline has only the beginning of its fields, which is no JSON any more. */
  @Test
  void veryLongAlert_doesNotHideTheRowsOfItsEvidence() throws Exception {
    FakeAgent agent = new FakeAgent();
    Id evidence =
        rig.received(agent.with("events.ndjson", event("alert-0002", "x".repeat(1 << 20))));
    rig.indexed(evidence);

    assertThat(page(alerts(evidence))).hasSize(1);
  }

  /** In a recording, thousands of events may share a text of a mebibyte. */
  @Test
  void manyLongAlerts_needLittleMemory() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LongAlerts.class.getName())
            .redirectErrorStream(true)
            .start();
    child.getOutputStream().close();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).as(output).isZero();
    assertThat(output).contains("compared 500");
  }

  /** The program of the other JVM. */
  static final class LongAlerts {
    private LongAlerts() {}

    public static void main(String[] args) throws Exception {
      Id evidence = new Id("evidence-0001");
      Duplicates duplicates =
          Duplicates.of(
              TimelineQuery.of(evidence),
              (query, columns, rows) -> {
                for (int i = 0; i < 1_000; i++) {
                  rows.accept(row(evidence, i, "alert-" + i / 2));
                }
              });
      System.out.println("compared " + duplicates.hidden().get(evidence).size());
    }

    private static Row row(Id evidence, long number, String id) {
      Map<Column, Object> values = new EnumMap<>(Column.class);
      values.put(Column.EVIDENCE, evidence.value());
      values.put(Column.ROW, number);
      values.put(Column.TIME, number);
      values.put(Column.ACTION, "whorl.Alert");
      values.put(Column.FIELDS, Json.text(Map.of("id", id, "title", "x".repeat(500_000))));
      return Row.of(values);
    }
  }
}
