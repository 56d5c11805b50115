package whorl.collector.custody.proof;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.util.Store;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/** An authority's statement that bytes existed at a time (RFC 3161). */
public final class TimeStamp {
  /** With more certificates, the builder of chains would try too many ways. */
  private static final int CERTIFICATES_MAX = 6;

  private final TimeStampToken token;
  private final List<X509CertificateHolder> certificates;

  private TimeStamp(TimeStampToken token) {
    this.token = token;
    Store<X509CertificateHolder> store = token.getCertificates();
    this.certificates = List.copyOf(store.getMatches(null));
  }

  /**
   * Parses an authority's answer.
   *
   * @throws IOException if it is none, or grants no time stamp
   */
  public static TimeStamp parse(byte[] response) throws IOException {
    try {
      TimeStampResponse parsed = new TimeStampResponse(response);
      if (parsed.getTimeStampToken() == null) {
        throw new IOException(
            "the authority granted no time stamp: status "
                + parsed.getStatus()
                + (parsed.getStatusString() == null ? "" : ", " + parsed.getStatusString()));
      }
      return new TimeStamp(parsed.getTimeStampToken());
    } catch (TSPException | RuntimeException e) {
      throw new IOException("no time stamp: " + e.getMessage(), e);
    }
  }

  /** The time that the authority states. */
  public Instant time() {
    return token.getTimeStampInfo().getGenTime().toInstant();
  }

  /** The name in the authority's certificate; that of its issuer if it has none. */
  public String authority() {
    X509CertificateHolder signer = signer();
    return String.valueOf(signer == null ? token.getSID().getIssuer() : signer.getSubject());
  }

  /**
   * The first thing that is wrong; null if nothing is.
   *
   * @param content what was stamped
   * @param trusted the authorities that the signer's chain must end at; empty to leave the chain
   *     unchecked
   */
  public @Nullable String problem(byte[] content, Collection<X509Certificate> trusted) {
    if (!TSPAlgorithms.SHA256.equals(token.getTimeStampInfo().getMessageImprintAlgOID())
        || !Arrays.equals(
            Digest.of(content).bytes(), token.getTimeStampInfo().getMessageImprintDigest())) {
      return "the time stamp is of other bytes";
    }
    X509CertificateHolder signer = signer();
    if (signer == null) {
      return "the time stamp does not hold the certificate of its signer";
    }
    try {
      token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
    } catch (TSPException
        | OperatorCreationException
        | GeneralSecurityException
        | RuntimeException e) {
      return "the time stamp's signature is wrong: " + e.getMessage();
    }
    return trusted.isEmpty() ? null : chainProblem(signer, trusted);
  }

  private @Nullable X509CertificateHolder signer() {
    return certificates.stream()
        .filter(each -> token.getSID().match(each))
        .findFirst()
        .orElse(null);
  }

  private @Nullable String chainProblem(
      X509CertificateHolder signer, Collection<X509Certificate> trusted) {
    if (certificates.size() > CERTIFICATES_MAX) {
      return "the time stamp holds more than " + CERTIFICATES_MAX + " certificates";
    }
    try {
      JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
      List<X509Certificate> known = new ArrayList<>();
      for (X509CertificateHolder each : certificates) {
        known.add(converter.getCertificate(each));
      }
      Set<TrustAnchor> anchors = new HashSet<>();
      trusted.forEach(each -> anchors.add(new TrustAnchor(each, null)));
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(converter.getCertificate(signer));
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(time()));
      CertPathBuilder.getInstance("PKIX").build(parameters);
      return null;
    } catch (CertPathBuilderException | InvalidAlgorithmParameterException e) {
      return "the time stamp is not from a trusted authority: " + e.getMessage();
    } catch (GeneralSecurityException | RuntimeException e) {
      return "the certificates of the time stamp cannot be read: " + e.getMessage();
    }
  }
}
