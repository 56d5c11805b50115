package whorl.collector.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RsaKeyTest {
  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048})
  void keyInPkcs1_isTheSameKeyInPkcs8(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    PrivateKey key = generator.generateKeyPair().getPrivate();
    StringWriter pem = new StringWriter();
    try (JcaPEMWriter out = new JcaPEMWriter(pem)) {
      out.writeObject(key);
    }
    assertThat(pem.toString()).startsWith("-----BEGIN RSA PRIVATE KEY-----");

    String converted = RsaKey.pkcs8(pem.toString());

    byte[] der =
        Base64.getMimeDecoder()
            .decode(converted.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", ""));
    assertThat(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)))
        .isEqualTo(key);
  }

  @Test
  void otherText_staysAsItIs() {
    String pem = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";

    assertThat(RsaKey.pkcs8(pem)).isEqualTo(pem);
    assertThat(RsaKey.pkcs8("")).isEmpty();
  }
}
