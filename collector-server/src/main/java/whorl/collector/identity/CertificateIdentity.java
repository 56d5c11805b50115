package whorl.collector.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.config.AgentAccess.CertificateName;
import whorl.collector.http.request.AgentProof;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;

/**
 * What a client certificate says about an agent.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X.509-SVID</a>
 */
final class CertificateIdentity {
  private static final int URI = 6; // RFC 5280, 4.2.1.6
  private static final int NAME_MAX_CHARS = 2048;
  private static final Pattern SPIFFE = Pattern.compile("spiffe://[a-z0-9._-]+/[A-Za-z0-9._/-]+");

  /** The form in which Istio and SPIRE name Kubernetes' service accounts. */
  private static final Pattern ACCOUNT = Pattern.compile("spiffe://[^/]+/ns/([^/]+)/sa/([^/]+)");

  private CertificateIdentity() {}

  /**
   * Returns the identity.
   *
   * @throws RefusedException if the certificate has no such name
   */
  static AgentProof of(X509Certificate certificate, CertificateName by) throws RefusedException {
    String name =
        switch (by) {
          case SPIFFE -> spiffeId(certificate);
          case SUBJECT -> certificate.getSubjectX500Principal().getName();
        };
    if (name.isEmpty()
        || name.length() > NAME_MAX_CHARS
        || name.chars().anyMatch(Character::isISOControl)) {
      throw refused("has no subject, or one that is too long or not printable");
    }
    Matcher account = ACCOUNT.matcher(name);
    boolean named = by == CertificateName.SPIFFE && account.matches();
    return AgentProof.ofCertificate(
        name,
        named ? account.group(1) : null,
        named ? account.group(2) : null,
        certificate.getNotAfter().toInstant());
  }

  private static String spiffeId(X509Certificate certificate) throws RefusedException {
    List<String> uris = new ArrayList<>();
    try {
      var names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (name.get(0) instanceof Integer type && type == URI) {
          uris.add(String.valueOf(name.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      throw refused("has alternative names that cannot be read");
    }
    if (uris.size() != 1 || !SPIFFE.matcher(uris.get(0)).matches()) {
      throw refused("must have one URI, a SPIFFE id such as spiffe://example.org/ns/shop/sa/web");
    }
    return uris.get(0);
  }

  private static RefusedException refused(String why) {
    return new RefusedException(Refusal.CERTIFICATE, why);
  }
}
