package whorl.collector.custody.proof;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.bouncycastle.util.CollectionStore;
import whorl.evidence.Digest;

/** An authority that stamps, and may put authorities of one name into its stamps. */
final class StampMaker {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final X500Name AUTHORITY = new X500Name("CN=Authority");

  private final KeyPair pair;
  private final X509CertificateHolder own;
  private final X509CertificateHolder authority;
  private final List<X509CertificateHolder> all = new ArrayList<>();

  private StampMaker(KeyPair pair, X509CertificateHolder own, X509CertificateHolder authority) {
    this.pair = pair;
    this.own = own;
    this.authority = authority;
    all.add(own);
  }

  /**
   * @param authorities how many certificates have the same key and name, so that each may be the
   *     issuer of each
   */
  static StampMaker make(int authorities) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    StampMaker maker =
        new StampMaker(
            pair,
            certificate(pair, new X500Name("CN=Stamps"), 1, false),
            certificate(pair, AUTHORITY, 1_000, true));
    for (int i = 0; i < authorities; i++) {
      maker.all.add(certificate(pair, AUTHORITY, i + 2, true));
    }
    return maker;
  }

  private static X509CertificateHolder certificate(
      KeyPair pair, X500Name name, int number, boolean authority) throws Exception {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            AUTHORITY,
            BigInteger.valueOf(number),
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            name,
            pair.getPublic());
    if (authority) {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    } else {
      builder.addExtension(
          Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
    }
    ContentSigner signer = new JcaContentSignerBuilder(SIGNATURE).build(pair.getPrivate());
    return builder.build(signer);
  }

  /** The certificate of the authority, which stamps do not hold. */
  X509Certificate authority() {
    return of(authority);
  }

  private static X509Certificate of(X509CertificateHolder certificate) {
    try {
      return new JcaX509CertificateConverter().getCertificate(certificate);
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] stamp(byte[] content) throws Exception {
    TimeStampTokenGenerator tokens =
        new TimeStampTokenGenerator(
            new JcaSimpleSignerInfoGeneratorBuilder().build(SIGNATURE, pair.getPrivate(), of(own)),
            new JcaDigestCalculatorProviderBuilder()
                .build()
                .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
            new ASN1ObjectIdentifier("1.2.3.4"));
    tokens.addCertificates(new CollectionStore<>(all));
    TimeStampRequestGenerator requests = new TimeStampRequestGenerator();
    requests.setCertReq(true);
    return new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED)
        .generate(
            requests.generate(TSPAlgorithms.SHA256, Digest.of(content).bytes()),
            BigInteger.ONE,
            Date.from(Instant.now()))
        .getEncoded();
  }
}
