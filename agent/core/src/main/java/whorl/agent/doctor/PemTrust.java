package whorl.agent.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;

/** Trust and identity of a TLS connection, from the PEM files of the settings. */
final class PemTrust {
  private static final char[] IN_MEMORY = {};
  private static final int MAX_BYTES = 1 << 20;

  private PemTrust() {}

  static SSLContext context(AgentConfig.Collector collector, Subject subject)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    Path ca = collector.ca();
    Path cert = collector.clientCert();
    Path key = collector.clientKey();
    context.init(
        cert == null || key == null
            ? null
            : keys(subject.file(cert), subject.file(key)).getKeyManagers(),
        ca == null ? null : trust(subject.file(ca)).getTrustManagers(),
        null);
    return context;
  }

  private static TrustManagerFactory trust(Path ca) throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    int number = 0;
    for (Certificate each : certificates(ca)) {
      store.setCertificateEntry("ca-" + number++, each);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static KeyManagerFactory keys(Path cert, Path key)
      throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    Certificate[] chain = certificates(cert).toArray(new Certificate[0]);
    store.setKeyEntry("client", privateKey(key), IN_MEMORY, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, IN_MEMORY);
    return factory;
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new GeneralSecurityException(file + " holds no certificate");
      }
      return all;
    } catch (IOException e) {
      throw new GeneralSecurityException(file + " cannot be read", e);
    }
  }

  private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
    byte[] encoded = pkcs8(file);
    if (encoded != null) {
      for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
        try {
          return KeyFactory.getInstance(algorithm)
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidKeySpecException another) {
          continue;
        }
      }
    }
    throw new GeneralSecurityException(file + " holds no PKCS #8 key without a password");
  }

  private static byte @Nullable [] pkcs8(Path file) throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII);
      String begin = "-----BEGIN PRIVATE KEY-----";
      int start = text.indexOf(begin);
      int end = text.indexOf("-----END PRIVATE KEY-----");
      return start < 0 || end < start
          ? null
          : Base64.getMimeDecoder().decode(text.substring(start + begin.length(), end));
    } catch (IOException | IllegalArgumentException e) {
      throw new GeneralSecurityException(file + " cannot be read", e);
    }
  }
}
