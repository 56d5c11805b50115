package whorl.collector.store.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.Digest;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.channel.CaptureState;

class ManifestComparisonTest {
  private final FakeAgent agent = new FakeAgent();

  @Test
  void beginningOfAText_isTheWholeOne_ifItIsLong() {
    agent.service = "s".repeat(300);

    assertThat(differences("s".repeat(256) + "…", null)).isEmpty();
    assertThat(differences("s".repeat(255) + "…", null)).isEmpty();
    assertThat(differences("s…", null)).singleElement().asString().startsWith("service is \"s…\"");
    assertThat(differences("t".repeat(256) + "…", null)).hasSize(1);
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

  private List<String> differences(String service, @Nullable String recipient, Missing... missing) {
    Manifest manifest = agent.manifest();
    List<StoredArtifact> artifacts =
        agent.artifacts.keySet().stream()
            .map(name -> StoredArtifact.derived(name, 1, Digest.of(new byte[1]), "text/plain"))
            .toList();
    return ManifestComparison.differences(
        new EvidenceRecord(
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
            List.of(missing)),
        manifest);
  }
}
