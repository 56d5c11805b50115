package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.VerifyingKey;

/** Manifests and their envelopes: only those that the agent signed are without a problem. */
class ManifestCheckFuzzTest {
  private static final FakeAgent AGENT =
      new FakeAgent().with("threads.txt", "threads").with("classes/ab12.class", "class").seal();

  private static final Digest KEY = new Digest(VerifyingKey.of(AGENT.key.publicKey()).keyId());

  private static final Map<ArtifactName, ArtifactCheck> FOUND = found();

  private static Map<ArtifactName, ArtifactCheck> found() {
    Map<ArtifactName, ArtifactCheck> found = new HashMap<>();
    AGENT.artifacts.forEach(
        (name, content) -> found.put(name, new ArtifactCheck(content.length, Digest.of(content))));
    return found;
  }

  /**
   * The first byte selects the manifest or the envelope, the next two the position; the rest is
   * written there.
   */
  @FuzzTest
  void tampered_hasAProblem(byte[] input) {
    if (input.length < 4) {
      return;
    }
    byte[] manifest = AGENT.manifestJson().clone();
    byte[] envelope = AGENT.envelopeJson().clone();
    byte[] changed = (input[0] & 1) == 0 ? manifest : envelope;
    int at = ((input[1] & 0xFF) << 8 | input[2] & 0xFF) % changed.length;
    System.arraycopy(input, 3, changed, at, Math.min(input.length - 3, changed.length - at));
    ManifestCheck check = ManifestCheck.of(manifest, envelope, FOUND, KEY);
    if (sound(check)) {
      assertThat(Arrays.equals(manifest, AGENT.manifestJson())).isTrue();
      assertThat(check.manifest()).isEqualTo(AGENT.manifest());
    }
  }

  @FuzzTest
  void anyManifest_isNotTheAgents(byte[] input) {
    ManifestCheck check = ManifestCheck.of(input, AGENT.envelopeJson(), FOUND, KEY);
    assertThat(sound(check)).isEqualTo(Arrays.equals(input, AGENT.manifestJson()));
    assertThat(check.problems()).allSatisfy(problem -> assertThat(problem).isNotBlank());
  }

  @FuzzTest
  void anyEnvelope_isNotTheAgents(byte[] input) {
    ManifestCheck check = ManifestCheck.of(AGENT.manifestJson(), input, FOUND, KEY);
    assertThat(sound(check)).isFalse();
    assertThat(check.signature().verified()).isFalse();
  }

  private static boolean sound(ManifestCheck check) {
    return check.signature().verified()
        && check.problems().isEmpty()
        && check.lacking().isEmpty()
        && check.unlisted().isEmpty();
  }
}
