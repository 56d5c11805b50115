package whorl.collector.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Id;
import whorl.evidence.Json;

class HoldsTest {
  @TempDir Path root;
  private TestCollector collector;
  private Id evidence;

  @BeforeEach
  void open() throws Exception {
    collector = TestCollector.open(root);
    if (evidence == null) {
      evidence = Records.put(collector, Records.of(Instant.now(), "a.txt", 1));
    }
  }

  @AfterEach
  void close() throws Exception {
    collector.close();
  }

  @Test
  void evidence_isHeldByItself_untilAnAdminReleasesIt() throws Exception {
    assertThat(holds().toString()).isEqualTo("{\"held\":false,\"holds\":[]}");
    assertThat(hold("/api/v1/evidence/" + evidence, "first").status()).isEqualTo(200);
    assertThat(hold("/api/v1/evidence/" + evidence, "second").status()).isEqualTo(200);
    assertThat(holds().get("held").asBoolean()).isTrue();
    assertThat(holds().at("/holds/0/by").asText()).isEqualTo("responder-01234567");
    assertThat(holds().at("/holds/0/reason").asText()).isEqualTo("first");

    reopen();
    assertThat(holds().at("/holds/0/reason").asText()).isEqualTo("first");
    release("/api/v1/evidence/" + evidence);
    release("/api/v1/evidence/" + evidence);
    assertThat(holds().get("held").asBoolean()).isFalse();
    reopen();
    assertThat(holds().get("held").asBoolean()).isFalse();
  }

  @Test
  void heldEvidence_isListedByPage_orByQuery() throws Exception {
    List<Id> all = new ArrayList<>(List.of(evidence));
    for (int i = 0; i < 4; i++) {
      all.add(Records.put(collector, Records.of(Instant.now(), "b" + i + ".txt", 1)));
    }
    for (Id each : all.subList(0, 3)) {
      hold("/api/v1/evidence/" + each, "wanted");
    }
    List<String> expected = all.subList(0, 3).stream().map(Id::value).sorted().toList();

    JsonNode page = get("/api/v1/holds?limit=2");
    assertThat(page.at("/held").findValuesAsText("evidence")).isEqualTo(expected.subList(0, 2));
    assertThat(page.at("/held/0/holds/0/reason").asText()).isEqualTo("wanted");
    page = get("/api/v1/holds?limit=2&cursor=" + page.get("next").asText());
    assertThat(page.at("/held").findValuesAsText("evidence")).isEqualTo(expected.subList(2, 3));
    assertThat(page.has("next")).isFalse();

    String query = all.get(1) + "," + all.get(4) + ",nonsense," + all.get(1);
    assertThat(get("/api/v1/holds?evidence=" + query).at("/held").findValuesAsText("evidence"))
        .containsExactly(all.get(1).value());
  }

  @Test
  void evidence_isHeldWhileAnyOfItsCasesIsOnHold() throws Exception {
    String one = newCase();
    String two = newCase();
    add(one);
    hold(one, "of one");
    hold(two, "of two");
    add(two);
    assertThat(holds().findValuesAsText("reason")).containsExactly("of one", "of two");

    Answer released = release("/api/v1/evidence/" + evidence);
    assertThat(released.json().get("held").asBoolean()).as("holds of cases stay").isTrue();
    release(one);
    assertThat(holds().findValuesAsText("reason")).containsExactly("of two");
    release(two);
    assertThat(holds().get("held").asBoolean()).isFalse();
  }

  @Test
  void evidenceThatJoins_whileAnotherCollectorPutsTheCaseOnHold_isHeld() throws Exception {
    Id id = id(newCase());
    Cases joining =
        cases(
            collector.store,
            joined -> {
              collector.kept.cases.hold(id, "litigation", "responder");
              return "";
            });

    joining.add(id, evidence, "responder");

    assertThat(collector.kept.holds.of(evidence)).extracting(Hold::ofCase).containsExactly(id);
  }

  @Test
  void evidenceThatAnotherCollectorAdds_whileTheCaseIsPutOnHold_isHeld() throws Exception {
    String path = newCase();
    Id id = id(path);
    add(path);
    Id later = Records.put(collector, Records.of(Instant.now(), "b.txt", 1));
    AtomicBoolean added = new AtomicBoolean();
    EvidenceStore adding =
        (EvidenceStore)
            Proxy.newProxyInstance(
                EvidenceStore.class.getClassLoader(),
                new Class<?>[] {EvidenceStore.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("contains") && added.compareAndSet(false, true)) {
                    collector.kept.cases.add(id, later, "responder");
                  }
                  return method.invoke(collector.store, arguments);
                });

    cases(adding, joined -> "").hold(id, "litigation", "responder");

    assertThat(collector.kept.holds.held()).containsExactlyInAnyOrder(evidence, later);
  }

  @Test
  void evidenceOfACaseOnHold_isRemovedOnlyByAnAdmin() throws Exception {
    String path = newCase();
    add(path);
    hold(path, "litigation");

    Answer refused =
        collector.kept.responder.call(
            "DELETE", path + "/evidence/" + evidence, Map.of(), new byte[0]);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text()).contains("on hold", "litigation", "admin");
    assertThat(collector.kept.holds.isHeld(evidence)).isTrue();
    Answer deleted = collector.kept.admin.call("DELETE", path, Map.of(), new byte[0]);
    assertThat(deleted.status()).isEqualTo(409);

    collector.kept.admin.call("DELETE", path + "/evidence/" + evidence, Map.of(), new byte[0]);
    assertThat(collector.kept.holds.isHeld(evidence)).isFalse();
  }

  @Test
  void closingACase_releasesNothing() throws Exception {
    String path = newCase();
    add(path);
    hold(path, "litigation");
    collector.kept.responder.call("PATCH", path, Map.of(), Json.bytes(Map.of("state", "closed")));
    assertThat(collector.kept.holds.isHeld(evidence)).isTrue();
  }

  @Test
  void lostCatalog_losesNoCaseAndNoHold() throws Exception {
    String path = newCase();
    add(path);
    hold(path, "litigation");
    collector.close();
    delete("catalog.db");
    open();

    assertThat(collector.kept.viewer.get(path).json().at("/hold/reason").asText())
        .isEqualTo("litigation");
    assertThat(collector.kept.viewer.get(path).json().get("evidence")).hasSize(1);
    assertThat(collector.kept.holds.isHeld(evidence)).isTrue();
  }

  @Test
  void lostCases_stayHeld_andCanBeReleased() throws Exception {
    String path = newCase();
    add(path);
    hold(path, "litigation");
    collector.close();
    delete("catalog.db");
    delete("cases.db");
    open();

    assertThat(collector.kept.holds.isHeld(evidence)).isTrue();
    JsonNode restored = collector.kept.viewer.get(path).json();
    assertThat(restored.get("title").asText()).startsWith("Restored: ");
    assertThat(restored.get("evidence")).hasSize(1);
    assertThat(restored.at("/hold/reason").asText()).isEqualTo("litigation");
    assertThat(release(path).status()).isEqualTo(200);
    assertThat(collector.kept.holds.isHeld(evidence)).isFalse();
  }

  @Test
  void forgedRelease_endsNoHold() throws Exception {
    hold("/api/v1/evidence/" + evidence, "litigation");
    release("/api/v1/evidence/" + evidence);
    collector.close();
    Path log = collector.folder.custodyLog();
    Files.writeString(log, Files.readString(log).replace("admin-01234567", "admin-76543210"));
    open();

    assertThat(collector.kept.holds.isHeld(evidence)).isTrue();
    assertThat(collector.custody.problems()).isNotEmpty();
  }

  /** The cases as another collector has them. */
  private Cases cases(EvidenceStore store, Cases.OriginOf origins) throws IOException {
    return Cases.open(
        new CaseLedger(collector.casesDatabase),
        new Holds(store, collector.custody),
        collector.custody,
        InstantSource.system(),
        origins);
  }

  private static Id id(String path) {
    return new Id(path.substring(path.lastIndexOf('/') + 1));
  }

  private void reopen() throws Exception {
    collector.close();
    open();
  }

  private void delete(String database) throws Exception {
    try (Stream<Path> files = Files.list(root)) {
      List<Path> found =
          files.filter(each -> each.getFileName().toString().startsWith(database)).toList();
      assertThat(found).isNotEmpty();
      for (Path file : found) {
        Files.delete(file);
      }
    }
  }

  private JsonNode holds() {
    return get("/api/v1/evidence/" + evidence + "/hold");
  }

  private JsonNode get(String path) {
    return collector.kept.viewer.get(path).json();
  }

  private Answer hold(String path, String reason) {
    FakeClient responder = collector.kept.responder;
    return responder.call("PUT", path + "/hold", Map.of(), Json.bytes(Map.of("reason", reason)));
  }

  private Answer release(String path) {
    return collector.kept.admin.call("DELETE", path + "/hold", Map.of(), new byte[0]);
  }

  private void add(String path) {
    Answer answer =
        collector.kept.responder.call("PUT", path + "/evidence/" + evidence, Map.of(), new byte[0]);
    assertThat(answer.status()).isEqualTo(204);
  }

  private String newCase() {
    return collector
        .kept
        .responder
        .call("POST", "/api/v1/cases", Map.of(), Json.bytes(Map.of("title", "A case")))
        .header("Location");
  }
}
