package whorl.collector.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Role;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.ChangedContent;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** What differs between two pieces of evidence, over HTTP and through the confined JVM. */
class CompareRoutesTest {
  private static final String CLASSES =
      """
      {"name":"app.Shop","loader":"app","codeSource":"file:/app.jar"}
      {"name":"app.Shop$$Lambda$%d/0x00000000520858%02d","hidden":true}
      """;

  @TempDir private Path root;
  private final World world = new World();
  private final List<Id> hidden = new ArrayList<>();
  private final Set<Digest> changed = new HashSet<>();
  private TestCollector collector;
  private ConfinedJvm confined;
  private FakeClient viewer;

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(root.resolve("data"), world);
    confined = new ConfinedJvm(root.resolve("confined"), 1, Duration.ofSeconds(5));
    ExportLog exports = new ExportLog(collector.custody, world.clock());
    viewer =
        new FakeClient(
            new CompareRoutes(
                    ChangedContent.of(collector.store, changed),
                    collector.catalog,
                    (scope, id) -> !hidden.contains(id),
                    exports,
                    confined)
                .routes(),
            Role.VIEWER);
  }

  @AfterEach
  void close() throws IOException {
    confined.close();
    collector.close();
  }

  private FakeAgent ship(FakeAgent agent) {
    world.now.updateAndGet(now -> now.plusSeconds(1));
    assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent;
  }

  private Answer compare(FakeAgent one, FakeAgent other, String more) {
    return viewer.get(
        "/api/v1/evidence/" + one.evidence + "/compare?with=" + other.evidence + more);
  }

  @Test
  void previous_isTheLastEvidenceOfTheSameJvmBefore() throws IOException {
    FakeAgent first = ship(new FakeAgent().with("files.body", ""));
    ship(new FakeAgent().with("files.body", "")); // of another JVM
    FakeAgent second = ship(first.again().with("files.body", ""));
    ship(first.again().with("files.body", "")); // after it

    String path = "/api/v1/evidence/" + second.evidence + "/compare?with=previous";
    JsonNode answer = viewer.get(path).json();

    assertThat(answer.at("/before/evidence").asText()).isEqualTo(first.evidence.value());
    assertThat(answer.at("/sameAgent").asBoolean()).isTrue();
    Answer none = viewer.get("/api/v1/evidence/" + first.evidence + "/compare?with=previous");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.text()).contains("no evidence of this JVM before");
  }

  @Test
  void artifactThatWasChangedInTheStore_isNamed_andTheOthersAreCompared() throws IOException {
    FakeAgent before = ship(new FakeAgent().with("files.body", "").with("classes.ndjson", "{}\n"));
    FakeAgent after = ship(before.again().with("files.body", "").with("classes.ndjson", "\n"));
    EvidenceRecord record = collector.store.record(after.evidence);
    changed.add(record.artifact(new ArtifactName("classes.ndjson")).sha256());

    JsonNode answer = compare(before, after, "").json();

    assertThat(answer.path("notCompared").toString())
        .contains("classes.ndjson: it is damaged in the object store")
        .doesNotContain("files.body");
  }

  @Test
  void differences_areNamedByKind_andWhatDiffersAnywayIsNot() throws IOException {
    FakeAgent before =
        ship(
            new FakeAgent()
                .with("classes.ndjson", CLASSES.formatted(14, 10))
                .with(
                    "registrations.ndjson",
                    "{\"kind\":\"filter\",\"className\":\"app.Auth\",\"target\":\"/*\"}\n")
                .with(
                    "network.ndjson",
                    "{\"protocol\":\"tcp\",\"state\":\"LISTEN\",\"localAddress\":\"0.0.0.0\","
                        + "\"localPort\":8080,\"remoteAddress\":\"0.0.0.0\",\"remotePort\":0}\n")
                .with("files.body", "0|/tmp|15698|d/drwxrwxrwt|0|0|16384|1|2|3|0\n"));
    FakeAgent after =
        ship(
            new FakeAgent()
                .with(
                    "classes.ndjson",
                    CLASSES.formatted(99, 77)
                        + "{\"name\":\"evil.Shell\",\"sha256\":\""
                        + "ab".repeat(32)
                        + "\"}\n")
                .with(
                    "registrations.ndjson",
                    "{\"kind\":\"filter\",\"className\":\"app.Auth\",\"target\":\"/*\"}\n"
                        + "not json\n"
                        + "{\"kind\":\"filter\",\"className\":\"evil.Shell\",\"target\":\"/*\"}\n")
                .with(
                    "network.ndjson",
                    "{\"protocol\":\"tcp\",\"state\":\"ESTABLISHED\",\"localAddress\":\"10.0.0.1\","
                        + "\"localPort\":51234,\"remoteAddress\":\"203.0.113.9\","
                        + "\"remotePort\":4444}\n")
                .with(
                    "files.body",
                    "0|/tmp|15698|d/drwxrwxrwt|0|0|16384|1|5|3|0\n"
                        + "0|/tmp/a|b.sh|9|r/rrwxr-xr-x|0|0|7|1|2|3|0\n"));

    // the order in which they are named does not matter
    JsonNode answer = compare(before, after, "").json();

    assertThat(answer.at("/before/evidence").asText()).isEqualTo(before.evidence.value());
    assertThat(answer.at("/sameAgent").asBoolean()).isFalse();
    List<String> differences = new ArrayList<>();
    answer
        .path("differences")
        .forEach(
            each ->
                differences.add(
                    each.path("kind").asText()
                        + " "
                        + each.path("change").asText()
                        + " "
                        + each.path("name").asText()));
    assertThat(differences)
        .containsExactlyInAnyOrder(
            "classes added evil.Shell",
            "registrations added filter evil.Shell /*",
            "sockets added connected with 203.0.113.9 port 4444 (tcp)",
            "sockets removed listens on 0.0.0.0 port 8080 (tcp)",
            "files changed /tmp",
            "files added /tmp/a|b.sh");
    assertThat(answer.toString()).contains("\"after\":\"" + "ab".repeat(32) + "\"");
    JsonNode classes = answer.path("kinds").path(0);
    assertThat(classes.path("kind").asText()).isEqualTo("classes");
    assertThat(classes.path("same").asInt()).isEqualTo(2);
    assertThat(answer.path("kinds").path(1).path("unreadable").asInt()).isEqualTo(1);
    assertThat(collector.custody.entries(before.evidence))
        .extracting(CustodyEntry::action)
        .endsWith("exported");
    assertThat(collector.custody.entries(after.evidence))
        .extracting(CustodyEntry::action)
        .endsWith("exported");
  }

  @Test
  void whatOneHasNot_isSaid_andKindsAreChosen() {
    FakeAgent before = ship(new FakeAgent().with("classes.ndjson.age", "age-encryption.org/v1"));
    FakeAgent after = ship(new FakeAgent().with("classes.ndjson", "").with("fds.ndjson", ""));

    JsonNode answer = compare(after, before, "&kind=classes,open-files").json();

    assertThat(answer.path("differences")).isEmpty();
    assertThat(answer.path("notCompared").toString())
        .contains("has it encrypted", "has no fds.ndjson")
        .doesNotContain("threads");
  }

  @Test
  void unknownOrUnseenEvidence_andBadKinds_areRefused() {
    FakeAgent one = ship(new FakeAgent().with("classes.ndjson", ""));
    FakeAgent other = ship(new FakeAgent().with("classes.ndjson", ""));

    assertThat(compare(one, one, "").status()).isEqualTo(400);
    assertThat(compare(one, other, "&kind=shoes").text()).contains("registrations");
    assertThat(viewer.get("/api/v1/evidence/" + one.evidence + "/compare").status()).isEqualTo(400);
    hidden.add(other.evidence);
    assertThat(compare(one, other, "").status()).isEqualTo(404);
  }

  @Test
  void hugeLists_areCut_andSayIt() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      many.append("{\"name\":\"app.C").append((char) ('a' + i % 26)).append(i).append("\"}\n");
    }
    many.append("{\"name\":\"").append("x".repeat(2 << 20)).append("\"}\n");
    FakeAgent before = ship(new FakeAgent().with("classes.ndjson", ""));
    FakeAgent after = ship(new FakeAgent().with("classes.ndjson", many.toString()));

    JsonNode answer = compare(before, after, "").json();

    JsonNode classes = answer.path("kinds").path(0);
    assertThat(classes.path("added").asInt()).isEqualTo(3_000);
    assertThat(classes.path("cut").asBoolean()).isTrue();
    assertThat(classes.path("unreadable").asInt()).isEqualTo(1);
    assertThat(answer.path("differences")).hasSize(2_000);
  }
}
