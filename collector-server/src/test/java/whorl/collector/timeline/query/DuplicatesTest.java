package whorl.collector.timeline.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
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
 * Two pieces of evidence of one host have the same alert and the same file; a third is elsewhere.
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
    one = indexed("node-1", 42);
    two = indexed("node-1", 43);
    elsewhere = indexed("node-2", 42);
  }

  @AfterAll
  static void close() throws Exception {
    rig.close();
  }

  /**
   * @param size of a file that changes though its time does not
   */
  private static Id indexed(String host, int size) throws Exception {
    FakeAgent agent = new FakeAgent();
    agent.host = host;
    String alert =
        "{\"alert\":{\"id\":\"alert-0001\",\"source\":\"whorl\",\"time\":\""
            + TIME
            + "\",\"rule\":\"r\",\"level\":\"high\",\"title\":\"A shell\",\"tags\":[],\"fields\":{},"
            + "\"stack\":[]},\"joined\":[]}";
    EventLine event =
        new EventLine(
            7,
            TIME.plusMillis(3),
            "whorl.Alert",
            Map.of("id", "alert-0001", "rule", "r", "level", "high", "title", "A shell"),
            "main",
            List.of());
    Id evidence =
        rig.received(
            agent
                .with("alert.json", alert)
                .with("events.ndjson", Json.text(event) + "\n")
                .with(
                    "files.body",
                    "0|/etc/passwd|7|r/rrw-r--r--|0|0|42|0|1300000000|0|0\n"
                        + "0|/tmp/changed|8|r/rrw-r--r--|0|0|"
                        + size
                        + "|0|1300000000|0|0\n"));
    rig.indexed(evidence);
    return evidence;
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
}
