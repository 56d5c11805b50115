package whorl.collector.store.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.channel.CaptureState;

class ManifestComparisonTest {
  private final FakeAgent agent = new FakeAgent();

  @Test
  void beginningOfAText_isTheWholeOne_ifItIsLong() {
    agent.service = "s".repeat(300);

    assertThat(otherService("s".repeat(256) + "…")).isNull();
    assertThat(otherService("s".repeat(255) + "…")).isNull();
    assertThat(otherService("s…")).contains("kept it under \"s…\"");
    assertThat(otherService("t".repeat(256) + "…")).isNotNull();
  }

  @Test
  void serviceThatTheCollectorKnewBefore_isNoDifference() {
    assertThat(differences("billing", null)).isEmpty();
    assertThat(otherService("billing"))
        .startsWith("its agent signed service \"shop\"; the collector kept it under \"billing\"");
    assertThat(otherService("shop")).isNull();
  }

  /** The page, reports and lists show the alert of the record. */
  @Test
  void alertThatIsTooLong_isListedWithoutDetails_andWithNoneThatSomebodyMadeUp() {
    Map<String, Object> cut = Map.of("cut", ManifestComparison.TOO_LONG);

    assertThat(differences(listed(null, cut, List.of()))).isEmpty();
    for (Alert changed :
        List.of(
            listed("an exercise of the red team", cut, List.of()),
            listed(null, cut, List.of("shop.Exercise.run(Exercise.java:1)")),
            listed(null, Map.of("cut", "it was an exercise"), List.of()))) {
      assertThat(differences(changed))
          .containsExactly("evidence.json has another alert than manifest.json");
    }
  }

  private Alert listed(
      @Nullable String description, Map<String, Object> fields, List<String> stack) {
    Alert whole = agent.alert();
    return new Alert(
        whole.id(),
        whole.source(),
        whole.time(),
        whole.rule(),
        whole.level(),
        whole.title(),
        description,
        List.of(),
        fields,
        null,
        stack);
  }

  private List<String> differences(Alert listed) {
    Manifest manifest = agent.manifest();
    EvidenceRecord record = record(manifest, "shop", null);
    return ManifestComparison.differences(
        new EvidenceRecord(
            record.version(),
            record.id(),
            record.capture(),
            record.agent(),
            record.service(),
            listed,
            record.reason(),
            record.recipient(),
            record.state(),
            record.sealedAt(),
            record.artifacts(),
            record.signature(),
            record.problems(),
            record.heap(),
            record.missing()),
        manifest);
  }

  @Test
  void whatIsMissing_mustBeSaid() {
    agent.missing = List.of(new Missing("heap", "the pause limit"));

    assertThat(differences("shop", null, new Missing("heap", "the pause limit"))).isEmpty();
    assertThat(differences("shop", null))
        .containsExactly(
            "evidence.json does not say that \"heap\" is missing, as manifest.json does");
    assertThat(differences("shop", null, new Missing("heap", "not requested"))).hasSize(1);
  }

  /** Where evidence is opened with its key, the plain artifacts are beside the encrypted ones. */
  @Test
  void recipient_isMissingOnlyWhereArtifactsAreDecrypted() {
    agent.with("threads.txt.age", "age").recipient = "age1investigator";

    assertThat(differences("shop", "age1investigator")).isEmpty();
    assertThat(differences("shop", null))
        .containsExactly(
            "recipient is none in evidence.json, \"age1investigator\" in manifest.json");
    agent.with("threads.txt", "threads");
    assertThat(differences("shop", null)).isEmpty();
  }

  /** Version 0.1.0 wrote the fields of alerts in an order of its own. */
  @Test
  void fieldsOfTheAlertInAnotherOrder_areNoDifference() throws Exception {
    Map<String, Object> signed = new LinkedHashMap<>();
    signed.put("command", "id");
    signed.put("pid", 7);
    Map<String, Object> kept = new LinkedHashMap<>();
    kept.put("pid", 7);
    kept.put("command", "id");

    assertThat(differences(signed, kept)).isEmpty();
    kept.put("command", "true");
    assertThat(differences(signed, kept))
        .containsExactly("evidence.json has another alert than manifest.json");
  }

  private List<String> differences(Map<String, Object> signed, Map<String, Object> kept)
      throws IOException {
    Manifest manifest = with(agent.manifest(), signed, Manifest.class);
    return ManifestComparison.differences(
        with(record(manifest, "shop", null), kept, EvidenceRecord.class), manifest);
  }

  /** The same, with other fields of its alert. */
  private static <T> T with(T value, Map<String, Object> fields, Class<T> type) throws IOException {
    ObjectNode json = Json.MAPPER.valueToTree(value);
    ((ObjectNode) json.path("alert")).set("fields", Json.MAPPER.valueToTree(fields));
    return Json.MAPPER.readValue(Json.bytes(json), type);
  }

  private @Nullable String otherService(String service) {
    Manifest manifest = agent.manifest();
    return ManifestComparison.otherService(record(manifest, service, null), manifest);
  }

  private List<String> differences(String service, @Nullable String recipient, Missing... missing) {
    Manifest manifest = agent.manifest();
    return ManifestComparison.differences(record(manifest, service, recipient, missing), manifest);
  }

  private EvidenceRecord record(
      Manifest manifest, String service, @Nullable String recipient, Missing... missing) {
    List<StoredArtifact> artifacts =
        agent.artifacts.keySet().stream()
            .map(name -> StoredArtifact.derived(name, 1, Digest.of(new byte[1]), "text/plain"))
            .toList();
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        manifest.evidence(),
        manifest.capture(),
        manifest.agent().id(),
        service,
        manifest.alert(),
        manifest.reason(),
        recipient,
        CaptureState.SEALED,
        Instant.EPOCH,
        artifacts,
        SignatureOutcome.NONE,
        List.of(),
        null,
        List.of(missing));
  }
}
