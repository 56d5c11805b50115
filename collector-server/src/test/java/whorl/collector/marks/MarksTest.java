package whorl.collector.marks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.export.TimelineReadiness;
import whorl.collector.export.TimelineRoutes;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.marks.MarkLedger;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

@ParameterizedClass
@EnumSource
class MarksTest {
  private static final Instant TIME = Instant.parse("2026-11-25T09:35:28Z");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path root;
  private final World world = new World();
  private TestDatabase data;
  private TestCollector collector;
  private MarkLedger ledger;
  private Id evidence;
  private FakeClient alice;

  /** Every timeline is there. */
  private static final class Ready implements TimelineIndex {
    @Override
    public IndexStatus status(Id evidence) {
      return IndexStatus.of(IndexStatus.State.READY, 1);
    }

    @Override
    public void wanted(Id evidence) {}

    @Override
    public void changed(Id evidence) {}

    @Override
    public void onReady(Consumer<Id> listener) {}
  }

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, root);
    collector = TestCollector.open(root.resolve("collector"), world);
    ledger = new MarkLedger(data.openCases());
    FakeAgent agent = new FakeAgent().with("recording.jfr", "0123456789").seal();
    world.keys.put(agent.id, agent.key.publicKey());
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    evidence = agent.evidence;
    index(timeline(0));
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
    data.close();
  }

  /** Six rows with numbers from {@code before} on; the last two are equal. */
  private FakeTimeline timeline(int before) {
    FakeTimeline timeline = new FakeTimeline();
    for (int i = 0; i < before; i++) {
      add(timeline, -before + i, "earlier");
    }
    for (int i = 0; i < 4; i++) {
      add(timeline, i, "row " + i);
    }
    add(timeline, 9, "equal");
    add(timeline, 9, "equal");
    return timeline;
  }

  private void add(FakeTimeline timeline, int second, String text) {
    timeline.add(
        evidence,
        TIME.plusSeconds(second),
        "whorl.FileOpen",
        Map.of(
            Column.MESSAGE, "message of " + text,
            Column.FIELDS, "{\"path\":\"" + text + "\"}",
            Column.DATASET, "events.ndjson"));
  }

  /** The routes over this index of the evidence. */
  private void index(FakeTimeline timeline) {
    Marks marks = new Marks(ledger, timeline, collector.custody, world.now::get);
    List<Route> routes =
        new ArrayList<>(
            new MarkRoutes(marks, collector.store, new TimelineReadiness(new Ready())).routes());
    routes.addAll(
        new TimelineRoutes(
                collector.store,
                timeline,
                new Ready(),
                (request, id, limit) -> null,
                SeenEvidence.ALL,
                new ExportLog(collector.custody, world.now::get),
                marks)
            .routes());
    alice = new FakeClient(routes, Role.RESPONDER).as(new Principal(Role.RESPONDER, "alice"));
  }

  private FakeClient bob() {
    return alice.as(new Principal(Role.RESPONDER, "bob (token 01234567)"));
  }

  private Answer mark(FakeClient by, int row, String body) {
    return by.call(
        "PUT",
        "/api/v1/evidence/" + evidence + "/rows/" + row + "/mark",
        Map.of(),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private JsonNode marks(String query) {
    return alice.get("/api/v1/evidence/" + evidence + "/marks" + query).json().get("marks");
  }

  private List<Long> rows(String filter) {
    List<Long> numbers = new ArrayList<>();
    alice
        .get("/api/v1/evidence/" + evidence + "/timeline?" + filter)
        .json()
        .get("rows")
        .forEach(row -> numbers.add(row.get("jvm.row").asLong()));
    return numbers;
  }

  @Test
  void marksOfSeveralPeople_areBesideEachOther() {
    assertThat(mark(alice, 2, "{\"star\":true,\"tags\":[\"shell\"]}").status()).isEqualTo(200);
    assertThat(mark(bob(), 2, "{\"tags\":[\"way in\",\"shell\"],\"note\":\"see 1\"}").status())
        .isEqualTo(200);

    JsonNode marks = marks("?row=2");
    assertThat(marks.findValuesAsText("by")).containsExactly("alice", "bob");
    assertThat(marks.findValuesAsText("mine")).containsExactly("true", "false");
    JsonNode row =
        alice
            .get("/api/v1/evidence/" + evidence + "/timeline?where=jvm.row:eq:2")
            .json()
            .at("/rows/0");
    assertThat(row.get("star").asBoolean()).isTrue();
    assertThat(row.get("tag").toString()).isEqualTo("[\"shell\",\"way in\"]");
    assertThat(row.get("comment").asText()).isEqualTo("bob: see 1");
  }

  @Test
  void filters_areForRowsWithStarsAndTags() {
    mark(alice, 0, "{\"star\":true}");
    mark(alice, 1, "{\"tags\":[\"shell\"]}");
    mark(alice, 3, "{\"note\":\"odd\"}");

    assertThat(rows("marked=true")).containsExactly(0L, 1L, 3L);
    assertThat(rows("star=true")).containsExactly(0L);
    assertThat(rows("tag=other,shell")).containsExactly(1L);
    assertThat(rows("tag=shell&star=true")).isEmpty();
    assertThat(rows("marked=true&q=3")).containsExactly(3L);
  }

  @Test
  void exports_haveMarks() {
    mark(alice, 1, "{\"star\":true,\"tags\":[\"a\",\"b\"],\"note\":\"=1+1\"}");
    String path = "/api/v1/evidence/" + evidence + "/timeline?marked=true&format=";

    assertThat(alice.get(path + "csv").text())
        .contains(",star,tag,comment,event.id\r\n")
        .contains(",true,\"a, b\",\"alice: =1+1\"," + evidence + ":1\r\n");
    assertThat(alice.get(path + "timesketch").text())
        .contains("\"tag\":[\"a\",\"b\"]", "\"comment\":\"alice: =1+1\"");
    assertThat(alice.get(path + "ecs").text())
        .contains("\"tags\":[\"a\",\"b\"]", "\"comment\":\"alice: =1+1\"");
    assertThat(alice.get(path + "l2tcsv").text()).contains("alice: =1+1");
  }

  @Test
  void newIndex_keepsMarksOnTheirRows() {
    mark(alice, 1, "{\"star\":true}");
    mark(alice, 5, "{\"tags\":[\"second\"]}");

    index(timeline(3));

    assertThat(rows("star=true")).containsExactly(4L);
    assertThat(rows("tag=second")).containsExactly(8L);
    assertThat(marks("").findValuesAsText("row")).containsExactly("4", "8");
  }

  @Test
  void rowThatIsGone_isSaidToBeGone_andItsMarkIsOnNoOther() {
    mark(alice, 1, "{\"note\":\"important\"}");
    FakeTimeline without = new FakeTimeline();
    add(without, 0, "row 0");
    add(without, 1, "another row at that time");

    index(without);

    assertThat(rows("marked=true")).isEmpty();
    JsonNode mark = marks("").get(0);
    assertThat(mark.get("row").isNull()).isTrue();
    assertThat(mark.get("message").asText()).isEqualTo("message of row 1");
    index(timeline(0));
    assertThat(rows("marked=true")).containsExactly(1L);
  }

  @Test
  void changeOfWhatSomebodyElseChanged_isRefused() {
    long version = mark(alice, 0, "{\"star\":true,\"version\":0}").json().get("version").asLong();
    mark(alice, 0, "{\"star\":true,\"note\":\"from another window\",\"version\":" + version + "}");

    Answer late = mark(alice, 0, "{\"version\":" + version + "}");

    assertThat(late.status()).isEqualTo(409);
    assertThat(late.text()).contains("changed meanwhile");
    assertThat(marks("").get(0).get("note").asText()).isEqualTo("from another window");
    assertThat(mark(alice, 0, "{\"star\":true,\"version\":0}").status()).isEqualTo(409);
  }

  @Test
  void markWithNothingLeft_isGone() {
    mark(alice, 0, "{\"star\":true}");
    mark(bob(), 0, "{\"star\":true}");

    assertThat(mark(alice, 0, "{\"star\":false}").status()).isEqualTo(204);
    assertThat(marks("").findValuesAsText("by")).containsExactly("bob");
    Answer removed =
        bob()
            .call("DELETE", "/api/v1/evidence/" + evidence + "/rows/0/mark", Map.of(), new byte[0]);
    assertThat(removed.status()).isEqualTo(204);
    assertThat(marks("")).isEmpty();
  }

  @Test
  void whatIsTooMuch_isRefusedByName() {
    assertThat(mark(alice, 0, "{\"tags\":[\"a,b\"]}").text()).contains("comma");
    assertThat(mark(alice, 0, "{\"tags\":[\"" + "x".repeat(41) + "\"]}").text())
        .contains("40 are allowed");
    assertThat(mark(alice, 0, "{\"tags\":[1,2,3,4,5,6,7,8,9,10,11]}").text())
        .contains("10 are allowed");
    assertThat(mark(alice, 0, "{\"note\":\"" + "x".repeat(4_001) + "\"}").text())
        .contains("4000 are allowed");
    assertThat(mark(alice, 0, "{\"note\":\"\\u001b[2J\"}").text()).contains("control character");
    assertThat(mark(alice, 99, "{\"star\":true}").status()).isEqualTo(404);
    assertThat(marks("")).isEmpty();
  }

  @Test
  void custody_hasWhoMarkedWhatRow_butNoText() throws IOException {
    mark(bob(), 2, "{\"tags\":[\"shell\"],\"note\":\"secret thought\"}");

    List<CustodyEntry> entries =
        collector.custody.entries(evidence).stream()
            .filter(entry -> entry.action().equals("marked"))
            .toList();
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).actor()).isEqualTo("token bob (token 01234567)");
    assertThat(entries.get(0).detail())
        .containsEntry("row", "2")
        .containsEntry("tags", "shell")
        .containsKey("noteSha256");
    assertThat(entries.get(0).detail().toString()).doesNotContain("secret thought");
  }

  @Test
  void changes_areFewEnoughForCustody() {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 310; i++) {
      statuses.add(mark(alice, 0, "{\"star\":true}").status());
    }

    assertThat(statuses.subList(0, 300)).containsOnly(200);
    assertThat(statuses.subList(300, 310)).containsOnly(429);
    assertThat(mark(bob(), 0, "{\"star\":true}").status()).isEqualTo(200);
  }

  @Test
  void markedEvidence_isFoundAmongMany() throws IOException {
    mark(alice, 2, "{\"star\":true}");
    List<Id> many = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      many.add(new Id("evidence-" + (1000 + i)));
    }
    many.add(evidence);

    assertThat(ledger.marked(many)).containsExactly(evidence);
    assertThat(ledger.marked(List.of())).isEmpty();
  }

  @Test
  void purge_removesMarks() throws IOException {
    mark(alice, 2, "{\"star\":true}");

    ledger.purged(evidence);

    assertThat(ledger.keys(evidence)).isEmpty();
  }
}
