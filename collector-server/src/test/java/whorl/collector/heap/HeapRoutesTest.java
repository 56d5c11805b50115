package whorl.collector.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.heap.read.HeapAnalysis.ClassCount;
import whorl.collector.heap.read.SmallDump;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.performance.ResultStore;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.HeapFacts;

/** The routes, with the programs that they start in confined JVMs. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeapRoutesTest {
  private static final String BEFORE =
      """
       num     #instances         #bytes  class name (module)
      -------------------------------------------------------
         1:           100           4800  [B (java.base@17.0.9)
         2:            10            240  com.shop.Order
         3:             5            120  com.shop.Gone
      Total           115           5160
      """;
  private static final String AFTER =
      """
       num     #instances         #bytes  class name (module)
      -------------------------------------------------------
         1:           900          43200  com.shop.Order
         2:           100           4800  [B (java.base@17.0.9)
      Total          1000          48000
      """;

  @TempDir private static Path root;
  private TestCollector collector;
  private ConfinedJvm confined;
  private HeapRoutes routes;
  private FakeClient viewer;

  @BeforeAll
  void open() throws IOException {
    collector = TestCollector.open(root.resolve("data"));
    confined = new ConfinedJvm(collector.folder.confined("test"), 2, Duration.ofSeconds(30));
    routes = routes(confined);
    viewer = client(routes);
  }

  private HeapRoutes routes(ConfinedJvm jvm) {
    return new HeapRoutes(
        collector.store, collector.catalog, ResultStore.of(collector.folder, null), jvm);
  }

  private FakeClient client(HeapRoutes of) {
    return new FakeClient(
        of.routes(SeenEvidence.ALL, new ExportLog(collector.custody, InstantSource.system())),
        Role.VIEWER);
  }

  @AfterAll
  void close() throws IOException {
    routes.close();
    confined.close();
    collector.close();
  }

  @Test
  void snapshot_isExaminedWhenAskedFor_andKept() throws IOException {
    FakeAgent agent = new FakeAgent().with("heap.hprof.gz", SmallDump.gzip());
    agent.heap = facts(HeapFacts.Content.FULL);
    ship(agent);

    Answer before = viewer.get(path(agent) + "?start=false");
    assertThat(before.status()).isEqualTo(202);
    assertThat(before.json().path("state").asText()).isEqualTo("none");

    JsonNode analysis = examined(agent).path("analysis");

    assertThat(analysis.path("problems").toString()).isEqualTo("[]");
    assertThat(analysis.path("content").asText()).isEqualTo("full");
    assertThat(analysis.path("summary").path("objects").asInt()).isEqualTo(SmallDump.OBJECTS);
    assertThat(analysis.at("/duplicates/biggest/0/text").asText()).isEqualTo(SmallDump.TEXT);
    assertThat(collector.folder.performance(agent.evidence).resolve("heap.json")).exists();
    assertThat(viewer.get(path(agent) + "?start=false").status()).isEqualTo(200);
  }

  @Test
  void examination_thatIsStopped_saysByWhom_andNothingIsKept() throws Exception {
    FakeAgent agent = new FakeAgent().with("heap.hprof.gz", SmallDump.gzip());
    agent.heap = facts(HeapFacts.Content.FULL);
    ship(agent);
    // no JVM may start, so that it waits until it is stopped
    try (ConfinedJvm none =
            new ConfinedJvm(collector.folder.confined("none"), 0, Duration.ofMinutes(2));
        HeapRoutes waiting = routes(none)) {
      FakeClient reader = client(waiting);
      FakeClient responder = reader.as(new Principal(Role.RESPONDER, "responder-1"));
      assertThat(stop(responder, agent).status()).isEqualTo(404);

      assertThat(reader.get(path(agent)).json().path("state").asText()).isEqualTo("running");
      assertThat(stop(responder, agent).status()).isEqualTo(204);

      JsonNode view = reader.get(path(agent)).json();
      assertThat(view.path("state").asText()).isEqualTo("done");
      assertThat(view.at("/analysis/problems/0").asText()).contains("responder-1 stopped");
      assertThat(stop(responder, agent).status()).isEqualTo(404);
    }
    assertThat(collector.folder.performance(agent.evidence).resolve("heap.json")).doesNotExist();
  }

  private static Answer stop(FakeClient by, FakeAgent agent) {
    return by.call("DELETE", path(agent), Map.of(), new byte[0]);
  }

  @Test
  void redactedSnapshot_hasNoTexts_whateverItsBytesSay() throws IOException {
    FakeAgent agent = new FakeAgent().with("heap.hprof.gz", SmallDump.gzip());
    agent.heap = facts(HeapFacts.Content.REDACTED);
    ship(agent);

    JsonNode view = examined(agent);

    assertThat(view.at("/analysis/duplicates/problem").asText()).contains("values are not in it");
    assertThat(view.toString()).doesNotContain(SmallDump.TEXT);
  }

  @Test
  void hostileSnapshot_costsOnlyItsOwnResult() {
    FakeAgent agent = ship(new FakeAgent().with("heap.hprof.gz", "JAVA PROFILE 1.0.2\0 nothing"));

    JsonNode analysis = examined(agent).path("analysis");

    assertThat(analysis.path("problems").toString()).contains("cannot be read");
    assertThat(analysis.path("content").asText()).isEqualTo("unknown");
  }

  @Test
  void evidenceWithoutSnapshot_saysSo() {
    FakeAgent bare = ship(new FakeAgent().with("threads.txt", "main"));
    FakeAgent encrypted = ship(new FakeAgent().with("heap.hprof.gz.age", "secret"));

    assertThat(examined(bare).at("/analysis/problems/0").asText()).contains("has no heap snapshot");
    assertThat(examined(encrypted).at("/analysis/problems/0").asText()).contains("is encrypted");
    assertThat(viewer.get("/api/v1/evidence/nothing-here/heap").status()).isEqualTo(404);
    assertThat(viewer.get(path(bare) + "?start=maybe").status()).isEqualTo(400);
  }

  @Test
  void growth_isSortedByBytes() {
    FakeAgent before = ship(new FakeAgent().with("histogram.txt", BEFORE));
    FakeAgent after = ship(new FakeAgent().with("histogram.txt", AFTER));

    Answer answer = viewer.get(path(after) + "/growth?since=" + before.evidence);

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonNode view = answer.json();
    assertThat(view.at("/before/evidence").asText()).isEqualTo(before.evidence.value());
    assertThat(view.path("sameAgent").asBoolean()).isFalse();
    assertThat(view.path("same").asInt()).isEqualTo(1);
    assertThat(view.path("classes")).hasSize(2);
    assertThat(view.at("/classes/0/name").asText()).isEqualTo("com.shop.Order");
    assertThat(view.at("/classes/0/countDifference").asLong()).isEqualTo(890);
    assertThat(view.at("/classes/0/bytesDifference").asLong()).isEqualTo(42_960);
    assertThat(view.at("/classes/1/name").asText()).isEqualTo("com.shop.Gone");
    assertThat(view.at("/classes/1/bytesDifference").asLong()).isEqualTo(-120);
    assertThat(viewer.get(path(after) + "/growth?since=" + after.evidence).status()).isEqualTo(400);
    JsonNode alone = viewer.get(path(after) + "/growth").json();
    assertThat(alone.path("problem").asText()).contains("no evidence of this JVM before");
    assertThat(alone.has("before")).isFalse();
  }

  @Test
  void growth_isSinceTheLastEvidenceOfTheSameJvm_unlessSaidOtherwise() {
    FakeAgent first = ship(new FakeAgent().with("histogram.txt", BEFORE));
    ship(first.again().with("threads.txt", "main")); // without figures
    FakeAgent last = ship(first.again().with("histogram.txt", AFTER));

    JsonNode view = viewer.get(path(last) + "/growth").json();

    assertThat(view.at("/before/evidence").asText()).isEqualTo(first.evidence.value());
    assertThat(view.path("sameAgent").asBoolean()).isTrue();
    assertThat(view.path("complete").asBoolean()).isTrue();
  }

  @Test
  void growth_ofASnapshotThatNobodyExamined_saysWhatToDo() throws IOException {
    FakeAgent before = ship(new FakeAgent().with("histogram.txt", BEFORE));
    FakeAgent after = new FakeAgent().with("heap.hprof.gz", SmallDump.gzip());
    ship(after);

    Answer early = viewer.get(path(after) + "/growth?since=" + before.evidence);
    assertThat(early.json().path("problem").asText()).contains("examine its heap first");
    examined(after);
    JsonNode view = viewer.get(path(after) + "/growth?since=" + before.evidence).json();

    assertThat(view.at("/after/source").asText()).isEqualTo("heap.hprof.gz");
    assertThat(view.at("/before/source").asText()).isEqualTo("histogram.txt");
  }

  @Test
  void histogramOfHotSpot_isRead_andOddLinesAreSkipped() throws IOException {
    List<ClassCount> classes =
        HistogramProgram.read(
            new BufferedReader(
                new StringReader(
                    BEFORE
                        + "  9:  1  x  y\n 10:  2  48  [Lcom.shop.Order; (app)\n"
                        + "z".repeat(9_999))));

    assertThat(classes)
        .containsExactlyInAnyOrder(
            new ClassCount("byte[]", null, 100, 4_800),
            new ClassCount("com.shop.Order", null, 10, 240),
            new ClassCount("com.shop.Gone", null, 5, 120),
            new ClassCount("com.shop.Order[]", null, 2, 48));
  }

  private static HeapFacts facts(HeapFacts.Content content) {
    return new HeapFacts(HeapFacts.Path.STREAM, content, 10, 1_000, 500, 1_000);
  }

  private static String path(FakeAgent agent) {
    return "/api/v1/evidence/" + agent.evidence + "/heap";
  }

  private FakeAgent ship(FakeAgent agent) {
    Answer answer = agent.seal().shipAll(collector.agentClient);
    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    return agent;
  }

  /** Asks until the answer is there. */
  private JsonNode examined(FakeAgent agent) {
    Answer answer =
        await()
            .atMost(Duration.ofMinutes(2))
            .until(() -> viewer.get(path(agent)), got -> got.status() != 202);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }
}
