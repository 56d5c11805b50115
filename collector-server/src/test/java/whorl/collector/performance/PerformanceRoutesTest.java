package whorl.collector.performance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Role;
import whorl.collector.performance.series.MeasuredLoad;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;

/** The routes, with the programs that they start in confined JVMs. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PerformanceRoutesTest {
  @TempDir private static Path root;
  private TestCollector collector;
  private ConfinedJvm confined;
  private PerformanceRoutes routes;
  private FakeClient viewer;
  private byte[] recorded;
  private FakeAgent measured;

  @BeforeAll
  void open() throws Exception {
    collector = TestCollector.open(root.resolve("data"));
    confined = new ConfinedJvm(collector.folder.confined("test"), 2, Duration.ofSeconds(30));
    routes = new PerformanceRoutes(collector.store, collector.folder, null, confined);
    viewer =
        new FakeClient(
            routes.routes(new ExportLog(collector.custody, InstantSource.system())), Role.VIEWER);
    Path recording = MeasuredLoad.record(Files.createDirectories(root.resolve("load")));
    recorded = Files.readAllBytes(recording);
    measured = ship(new FakeAgent().with("recording.jfr", recorded));
  }

  @AfterAll
  void close() throws IOException {
    routes.close();
    confined.close();
    collector.close();
  }

  @Test
  void series_areOfTheRecording_andKept() {
    JsonNode series = get(measured, "/series");

    assertThat(series.path("buckets").asInt()).isBetween(10, 1_000);
    assertThat(series.path("recordings").toString()).isEqualTo("[\"recording.jfr\"]");
    List<String> names = new ArrayList<>();
    series.path("series").forEach(each -> names.add(each.path("name").asText()));
    assertThat(names).contains("cpu.jvm.user", "heap.used.after", "requests.duration");
    assertThat(collector.folder.performance(measured.evidence).resolve("series.json")).exists();
    assertThat(get(measured, "/series")).isEqualTo(series);
  }

  @Test
  void everyRuleOfMissionControl_hasAResult_orAReason() {
    JsonNode analysis = get(measured, "/performance");

    assertThat(analysis.has("problem")).as(analysis.toString()).isFalse();
    int rules =
        analysis.path("findings").size()
            + analysis.path("nothingFound").size()
            + analysis.path("notApplicable").size()
            + analysis.path("notEvaluated").size();
    assertThat(rules).isGreaterThan(50);
    assertThat(analysis.path("notEvaluated").toString()).isEqualTo("[]");
    assertThat(analysis.path("notApplicable").toString())
        .contains("the recording lacks some of what it needs: jdk.")
        .doesNotContain("Ignored");
    assertThat(analysis.path("findings")).isNotEmpty();
    for (JsonNode finding : analysis.path("findings")) {
      assertThat(finding.path("kind").asText()).isEqualTo("performance");
      assertThat(finding.path("summary").asText()).isNotEmpty();
      assertThat(finding.toString()).doesNotContain("<p>", "<li>", "<a ", "&lt;");
    }
  }

  @Test
  void hostileRecording_costsOnlyItsOwnResults() {
    FakeAgent hostile = ship(new FakeAgent().with("recording.jfr", "FLR\0 and then nothing"));

    assertThat(get(hostile, "/series").path("problems").toString())
        .contains("it is not a recording");
    JsonNode analysis = get(hostile, "/performance");
    assertThat(analysis.path("problem").asText()).contains("could not be read");
    assertThat(analysis.path("notEvaluated")).hasSizeGreaterThan(50);
  }

  /** Mission Control would unpack it, and agents never pack one. */
  @Test
  void packedRecording_isNotUnpacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(recorded);
    }
    FakeAgent packing = ship(new FakeAgent().with("recording.jfr", packed.toByteArray()));

    JsonNode analysis = get(packing, "/performance");

    assertThat(analysis.path("problem").asText()).contains("does not begin like a recording");
    assertThat(analysis.path("findings")).isEmpty();
  }

  @Test
  void evidenceWithoutRecording_saysSo() {
    FakeAgent bare = ship(new FakeAgent().with("threads.txt", "main"));

    assertThat(get(bare, "/series").path("problems").toString()).contains("has no recording");
    assertThat(get(bare, "/performance").path("problem").asText()).contains("has no recording");
    assertThat(viewer.get("/api/v1/evidence/nothing-here/series").status()).isEqualTo(404);
  }

  private FakeAgent ship(FakeAgent agent) {
    Answer answer = agent.seal().shipAll(collector.agentClient);
    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    return agent;
  }

  /** Asks again while the answer says so. */
  private JsonNode get(FakeAgent of, String what) {
    Answer answer =
        await()
            .atMost(Duration.ofMinutes(4))
            .until(
                () -> viewer.get("/api/v1/evidence/" + of.evidence + what),
                got -> got.status() != 409);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }
}
