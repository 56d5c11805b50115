package whorl.agent.redact.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.redact.Redactor;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.channel.AgentMessage;

class MaskedJsonTest {
  /** Looks like a path with a password. */
  private static final String UNLUCKY_KEY =
      "MCowBQYDK2VwAyEAJuR3z2nhqP1uECXj/M4VtypwN/DfPVpwVd/MxaxRS2cPV+w=";

  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final Id ID = new Id("01a2224a-8cc9-7d2c-af1a-09b5ab62b354");
  private static final int KEYS = 20_000;

  private final Redactor redactor = new Redactor(List.of());
  private final MaskedJson json = new MaskedJson(redactor);

  @Test
  void keyThatLooksLikeASecret_isNotMasked() throws IOException {
    assertThat(redactor.text(UNLUCKY_KEY)).isNotEqualTo(UNLUCKY_KEY);

    assertThat(hello(UNLUCKY_KEY).key()).isEqualTo(UNLUCKY_KEY);
    assertThat(Json.MAPPER.readValue(json.bytes(manifest(UNLUCKY_KEY)), Manifest.class).key())
        .isEqualTo(UNLUCKY_KEY);
  }

  @Test
  void keysAndProofs_anyBytes_areNotMasked() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < KEYS; i++) {
      byte[] key = new byte[ED25519.length + 32];
      random.nextBytes(key);
      System.arraycopy(ED25519, 0, key, 0, ED25519.length);
      String encoded = Base64.getEncoder().encodeToString(key);
      byte[] signature = new byte[64];
      random.nextBytes(signature);
      AgentMessage.Proof proof =
          new AgentMessage.Proof(Base64.getEncoder().encodeToString(signature));

      assertThat(hello(encoded).key()).isEqualTo(encoded);
      assertThat(Json.MAPPER.readValue(json.bytes(proof), AgentMessage.class)).isEqualTo(proof);
    }
  }

  @Test
  void textInPlaceOfAKey_isMasked() throws IOException {
    assertThat(hello("password=hunter2hunter2").key()).doesNotContain("hunter2");
    assertThat(hello(null).key()).isNull();
  }

  private static AgentIdentity agent() {
    return new AgentIdentity(
        ID, "shop", null, Map.of(), null, null, null, "host", 1, "a JVM", "0.1.0");
  }

  private static Manifest manifest(String key) {
    return new Manifest(
        Manifest.VERSION,
        ID,
        ID,
        agent(),
        null,
        "a reason",
        Instant.EPOCH,
        Instant.EPOCH,
        key,
        List.of(),
        List.of(),
        Map.of(),
        null,
        null,
        null);
  }

  private AgentMessage.Hello hello(@Nullable String key) throws IOException {
    byte[] bytes = json.bytes(new AgentMessage.Hello(agent(), key, Map.of()));
    return (AgentMessage.Hello) Json.MAPPER.readValue(bytes, AgentMessage.class);
  }
}
