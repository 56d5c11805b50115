package whorl.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.Security;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider that code in the JVM puts first is not used for digests or signatures of evidence. */
class PlatformProviderTest {
  private static final Provider FORGER = new Forger();

  @BeforeEach
  void putForgerFirst() {
    Security.insertProviderAt(FORGER, 1);
  }

  @AfterEach
  void removeForger() {
    Security.removeProvider(FORGER.getName());
  }

  @Test
  void digest_withForeignProviderFirst_usesThePlatforms() {
    assertThat(PlatformProvider.of("MessageDigest", "SHA-256")).isNotNull().isNotSameAs(FORGER);
    assertThat(Digest.of("abc".getBytes(UTF_8)).hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void signature_withForeignProviderFirst_verifies() {
    SigningKey key = SigningKey.generate();
    assertThat(key).isNotNull();
    byte[] statement = "{}".getBytes(UTF_8);

    assertThat(VerifyingKey.of(key.publicKey()).verifies(key.sign(statement))).isTrue();
  }

  private static final class Forger extends Provider {
    private static final long serialVersionUID = 1L;

    Forger() {
      super("Forger", "1", "returns forged values");
      put("MessageDigest.SHA-256", Zeros.class.getName());
      put("KeyPairGenerator.Ed25519", Zeros.class.getName());
      put("Signature.Ed25519", Zeros.class.getName());
    }
  }

  /** A digest that is always zeros. */
  public static final class Zeros extends MessageDigestSpi {
    @Override
    protected void engineUpdate(byte input) {}

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {}

    @Override
    protected byte[] engineDigest() {
      return new byte[32];
    }

    @Override
    protected void engineReset() {}
  }
}
