package whorl.collector.testkit;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that signs certificates of servers and agents. */
public final class TestAuthority {
  private static final char[] PASSWORD = "in memory".toCharArray();

  private final KeyPair keys;
  private final X509Certificate certificate;
  private final AtomicLong serials = new AtomicLong(1);

  /** A certificate and its key. */
  public record Pair(X509Certificate certificate, KeyPair keys) {}

  public TestAuthority() throws GeneralSecurityException, IOException, OperatorCreationException {
    keys = newKeys();
    certificate = sign("CN=authority", keys, null, true);
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** A certificate with these alternative names. */
  public Pair sign(String subject, GeneralName... names)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    KeyPair own = newKeys();
    return new Pair(sign(subject, own, names, false), own);
  }

  /** A certificate with a SPIFFE id. */
  public Pair spiffe(String id)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    return sign("O=SPIRE", new GeneralName(GeneralName.uniformResourceIdentifier, id));
  }

  private X509Certificate sign(String subject, KeyPair of, GeneralName[] names, boolean isAuthority)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=authority"),
            BigInteger.valueOf(serials.getAndIncrement()),
            Date.from(now.minusSeconds(60)),
            Date.from(now.plusSeconds(3600)),
            new X500Name(subject),
            of.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
    if (names != null && names.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  /** Writes PEM. */
  public static Path write(Path file, String type, byte[] encoded) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  /** A client that trusts this authority and shows a certificate; null for none. */
  public SSLContext client(Pair own) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("authority", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    if (own != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      store.setKeyEntry(
          "own",
          own.keys().getPrivate(),
          PASSWORD,
          List.of(own.certificate(), certificate).toArray(new Certificate[0]));
      managers.init(store, PASSWORD);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own == null ? null : managers.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
