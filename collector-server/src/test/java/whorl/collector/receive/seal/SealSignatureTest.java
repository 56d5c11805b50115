package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.Digest;
import whorl.evidence.Envelope;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.CaptureState;

/** Whose key a seal must have. */
class SealSignatureTest extends SealFixture {
  @Test
  void signatureOfAnotherKey_isRefusedAndKept_andTheRightOneStillSeals() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      byte[] originalManifest = agent.manifestJson();
      byte[] originalEnvelope = agent.envelopeJson();
      Envelope original = Json.MAPPER.readValue(originalEnvelope, Envelope.class);
      Envelope forged = SigningKey.generate().sign(original.payloadBytes());
      agent.sealed(originalManifest, Json.bytes(forged));

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(422);
      assertFailedAndKept(collector, agent);

      agent.sealed(originalManifest, originalEnvelope);
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.SEALED);
      assertThat(collector.store.record(agent.evidence).signature().verified()).isTrue();
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void keyThatWasNeverEnrolled_isReportedByRecordAndVerify_andAnEnrolledOneIsNot()
      throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent known = agent().seal();
      FakeAgent stranger = agent().seal();
      world.keys.put(known.id, known.key.publicKey());
      known.shipAll(collector.agentClient);
      stranger.shipAll(collector.agentClient);

      for (FakeAgent agent : List.of(known, stranger)) {
        String path = "/api/v1/evidence/" + agent.evidence;
        JsonNode signature = collector.viewer.get(path).json().get("signature");
        JsonNode verification = collector.viewer.get(path + "/verify").json();
        assertThat(signature.get("verified").asBoolean()).isTrue();
        assertThat(signature.get("enrolled").asBoolean()).isEqualTo(agent == known);
        assertThat(verification.get("verified").asBoolean()).isTrue();
        assertThat(verification.get("notes").toString().contains("never enrolled"))
            .isEqualTo(agent == stranger);
      }
    }
  }

  @Test
  void keyOtherThanTheEnrolledOne_isRefused() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = agent().seal();
      world.keys.put(agent.id, SigningKey.generate().publicKey());

      Answer refused = agent.shipAll(collector.agentClient);

      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.text()).contains("another key");
    }
  }

  @Test
  void unsignedEvidence_isSealedButNotVerified() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent((SigningKey) null).with("threads.txt", "t").seal();

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("state").asText()).isEqualTo("sealed");
      assertThat(evidence.get("signature").get("verified").asBoolean()).isFalse();
      assertThat(collector.verifyOffline().verified()).isTrue();
      assertThat(collector.verifyOffline().notes()).anyMatch(note -> note.contains("not signed"));
    }
  }

  @Test
  void unsignedFromAnAgentWithAKey_isRefused() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = new FakeAgent((SigningKey) null).with("threads.txt", "t").seal();
      world.keys.put(agent.id, SigningKey.generate().publicKey());

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(422);
    }
  }

  private static void assertFailedAndKept(TestCollector collector, FakeAgent agent)
      throws Exception {
    JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
    assertThat(evidence.get("state").asText()).isEqualTo("failed");
    assertThat(evidence.get("signature").get("verified").asBoolean()).isFalse();
    assertThat(evidence.get("artifacts").findValuesAsText("name"))
        .contains("threads.txt", "recording.jfr");
    assertThat(collector.verifyOffline().verified()).isFalse();
    assertThat(collector.store.holds(Digest.of("threads".getBytes(StandardCharsets.UTF_8))))
        .isTrue();
  }
}
