package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Envelopes of a signed manifest: only the signed content is ever verified. */
class EnvelopeFuzzTest {
  private static final byte[] STATEMENT =
      "{\"_type\":\"https://in-toto.io/Statement/v1\"}".getBytes(StandardCharsets.UTF_8);

  private static final SigningKey SIGNER = Objects.requireNonNull(SigningKey.generate());
  private static final VerifyingKey KEY = VerifyingKey.of(SIGNER.publicKey());
  private static final byte[] SIGNED = Json.bytes(SIGNER.sign(STATEMENT));

  /** The first two bytes give the position at which the rest replaces the envelope's bytes. */
  @FuzzTest
  void tampered_isVerifiedOnlyWhenItSaysTheSame(byte[] input) throws IOException {
    if (input.length < 3) {
      return;
    }
    byte[] tampered = SIGNED.clone();
    int at = ((input[0] & 0xFF) << 8 | input[1] & 0xFF) % tampered.length;
    int length = Math.min(input.length - 2, tampered.length - at);
    System.arraycopy(input, 2, tampered, at, length);
    Envelope envelope = parse(tampered);
    if (envelope != null && KEY.verifies(envelope)) {
      assertThat(envelope.payloadType()).isEqualTo(Envelope.PAYLOAD_TYPE);
      assertThat(Arrays.equals(envelope.payloadBytes(), STATEMENT)).isTrue();
    }
  }

  @FuzzTest
  void anyEnvelope_isVerifiedByNobodysKey(byte[] input) throws IOException {
    Envelope envelope = parse(input);
    if (envelope != null) {
      assertThat(KEY.verifies(envelope)).isFalse();
      assertThat(Json.MAPPER.readValue(Json.bytes(envelope), Envelope.class)).isEqualTo(envelope);
    }
  }

  @FuzzTest
  void anyKey_isRefusedOrHasAName(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    VerifyingKey key;
    try {
      key = VerifyingKey.of(text);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).contains("not an Ed25519 public key");
      return;
    }
    assertThat(new Digest(key.keyId()).hex()).hasSize(64);
    assertThat(key.verifies(Objects.requireNonNull(parse(SIGNED))))
        .isEqualTo(key.keyId().equals(KEY.keyId()));
  }

  private static @Nullable Envelope parse(byte[] json) {
    try {
      return Json.LENIENT.readValue(json, Envelope.class);
    } catch (JacksonException refused) {
      return null;
    } catch (IOException e) {
      throw new AssertionError("bytes in memory can be read", e);
    }
  }
}
