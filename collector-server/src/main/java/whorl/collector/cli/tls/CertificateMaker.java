package whorl.collector.cli.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * Makes the certificates of a first deployment (RFC 5280). They use RSA: before JDK 22, a Java
 * image without jdk.crypto.ec, which the agent must support, has no elliptic curves.
 */
final class CertificateMaker {
  private static final int KEY_BITS = 3072;
  private static final int SERIAL_BITS = 127;
  private static final Duration CA_LIFETIME = Duration.ofDays(3650);

  /** Other machines' clocks may be slow. */
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private final SecureRandom random = new SecureRandom();
  private final Instant now;

  CertificateMaker(Instant now) {
    this.now = now;
  }

  /** A certificate with its private key. */
  record Identity(X509Certificate certificate, KeyPair keys) {}

  /** Makes a CA that can sign servers and agents, but no further CAs. */
  Identity authority() throws GeneralSecurityException {
    KeyPair keys = keys();
    X500Name name = name("Whorl CA");
    try {
      X509v3CertificateBuilder builder = builder(name, name, keys, CA_LIFETIME);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return signed(builder, keys, keys);
    } catch (IOException e) {
      throw new GeneralSecurityException("cannot encode the certificate of the CA", e);
    }
  }

  /** Makes a server certificate for these DNS names and IP addresses. */
  Identity server(Identity authority, List<String> hosts, Duration lifetime)
      throws GeneralSecurityException {
    GeneralName[] names =
        hosts.stream().map(CertificateMaker::generalName).toArray(GeneralName[]::new);
    return leaf(
        authority,
        "Whorl collector",
        KeyPurposeId.id_kp_serverAuth,
        new GeneralNames(names),
        lifetime);
  }

  /** Makes a client certificate for agents. */
  Identity agent(Identity authority, Duration lifetime) throws GeneralSecurityException {
    GeneralNames names = new GeneralNames(new GeneralName(GeneralName.dNSName, "whorl-agent"));
    return leaf(authority, "Whorl agent", KeyPurposeId.id_kp_clientAuth, names, lifetime);
  }

  private Identity leaf(
      Identity authority,
      String commonName,
      KeyPurposeId purpose,
      GeneralNames names,
      Duration lifetime)
      throws GeneralSecurityException {
    KeyPair keys = keys();
    X500Name issuer =
        X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
    try {
      X509v3CertificateBuilder builder = builder(issuer, name(commonName), keys, lifetime);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      builder.addExtension(Extension.subjectAlternativeName, false, names);
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.certificate()));
      return signed(builder, keys, authority.keys());
    } catch (IOException e) {
      throw new GeneralSecurityException("cannot encode the certificate of " + commonName, e);
    }
  }

  @SuppressWarnings("JavaUtilDate") // required by Bouncy Castle
  private X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair keys, Duration lifetime)
      throws GeneralSecurityException, IOException {
    BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            serial,
            Date.from(now.minus(CLOCK_SKEW)),
            Date.from(now.plus(lifetime)),
            subject,
            keys.getPublic());
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    return builder;
  }

  private static Identity signed(X509v3CertificateBuilder builder, KeyPair keys, KeyPair signer)
      throws GeneralSecurityException {
    try {
      return new Identity(
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withRSA").build(signer.getPrivate()))),
          keys);
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("this Java platform does not sign with RSA", e);
    }
  }

  private KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(KEY_BITS, random);
    return generator.generateKeyPair();
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static GeneralName generalName(String host) {
    boolean address = IPAddress.isValid(host);
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }
}
