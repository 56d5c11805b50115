package whorl.collector.cli.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.maintenance.Check;
import whorl.evidence.Text;

/** What a server's certificate is, whether it is trusted, and how long it lasts. */
final class TlsChecks {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int RSA_BITS_MIN = 2048;
  private static final int EC_BITS_MIN = 256;
  private static final Duration SOON = Duration.ofDays(14);

  private final URI url;
  private final String prefix;
  private final Instant now;
  private final List<Check> checks;

  private TlsChecks(URI url, String prefix, Instant now, List<Check> checks) {
    this.url = url;
    this.prefix = prefix;
    this.now = now;
    this.checks = checks;
  }

  /**
   * Adds the checks; true if the server is trusted.
   *
   * @param trust null for the platform's
   */
  static boolean run(
      URI url, String prefix, @Nullable SSLContext trust, Instant now, List<Check> checks) {
    TlsChecks all = new TlsChecks(url, prefix, now, checks);
    boolean trusted = all.chain(trust);
    X509Certificate certificate = all.shown();
    if (certificate != null) {
      all.lifetime(certificate);
      all.strength(certificate);
    }
    return trusted;
  }

  private boolean chain(@Nullable SSLContext trust) {
    String name = prefix + "tls";
    try {
      SSLSession session = handshake(trust == null ? SSLContext.getDefault() : trust, true);
      checks.add(
          Check.ok(
              name,
              session.getProtocol()
                  + ", "
                  + session.getCipherSuite()
                  + "; chain and host name are trusted"));
      return true;
    } catch (IOException | GeneralSecurityException e) {
      String text = Problems.text(e);
      checks.add(Check.fail(name, text, remedy(text)));
      return false;
    }
  }

  private String remedy(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("subject alternative") || lower.contains("no name matching")) {
      return "use a name that the certificate has, or add "
          + ConnectionChecks.host(url)
          + " to it (whorl tls init --host)";
    }
    if (lower.contains("certificate_required") || lower.contains("bad_certificate")) {
      return "it wants client certificates: give --client-cert and --client-key";
    }
    if (lower.contains("ssl message") || lower.contains("plaintext")) {
      return "it speaks no TLS: write http:// in the URL";
    }
    return "give the authority that signed it with --ca; in a cluster it is in the ConfigMap"
        + " …-collector-ca, key ca.crt";
  }

  /** The server's certificate, trusted or not; nothing is sent over that connection. */
  private @Nullable X509Certificate shown() {
    try {
      SSLContext all = SSLContext.getInstance("TLS");
      all.init(null, new TrustManager[] {new ForShow()}, null);
      for (Certificate certificate : handshake(all, false).getPeerCertificates()) {
        return certificate instanceof X509Certificate x509 ? x509 : null;
      }
    } catch (IOException | GeneralSecurityException notShown) {
      // the check of the chain has said what is wrong
    }
    return null;
  }

  private SSLSession handshake(SSLContext context, boolean checksName) throws IOException {
    String host = ConnectionChecks.host(url);
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, ConnectionChecks.port(url)), TIMEOUT_MILLIS);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      try (SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(plain, host, ConnectionChecks.port(url), true)) {
        SSLParameters parameters = socket.getSSLParameters();
        if (checksName) {
          parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (host.matches("[A-Za-z][A-Za-z0-9.-]*[A-Za-z0-9]")) {
          parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket.getSession();
      }
    }
  }

  private void lifetime(X509Certificate certificate) {
    String name = prefix + "certificate";
    Instant end = certificate.getNotAfter().toInstant();
    long days = Duration.between(now, end).toDays();
    String seen =
        certificate.getSubjectX500Principal() + ", until " + end + ", " + Text.counted(days, "day");
    String remedy = "renew it; a collector reads the new files within seconds, without a restart";
    if (end.isBefore(now)) {
      checks.add(Check.fail(name, seen + ": it has expired", remedy));
    } else if (certificate.getNotBefore().toInstant().isAfter(now)) {
      checks.add(
          Check.fail(
              name,
              seen + ": it begins on " + certificate.getNotBefore().toInstant(),
              "check the clocks of this machine and of the one that made it"));
    } else if (Duration.between(now, end).compareTo(SOON) < 0) {
      checks.add(Check.warn(name, seen, remedy));
    } else {
      checks.add(Check.ok(name, seen));
    }
  }

  private void strength(X509Certificate certificate) {
    List<String> weak = new ArrayList<>();
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    if (algorithm.contains("SHA1") || algorithm.contains("MD5")) {
      weak.add("it is signed with " + certificate.getSigAlgName());
    }
    if (certificate.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
      weak.add("its RSA key has " + rsa.getModulus().bitLength() + " bits");
    }
    if (certificate.getPublicKey() instanceof ECPublicKey ec
        && ec.getParams().getCurve().getField().getFieldSize() < EC_BITS_MIN) {
      weak.add("its curve has " + ec.getParams().getCurve().getField().getFieldSize() + " bits");
    }
    if (!weak.isEmpty()) {
      checks.add(
          Check.warn(
              prefix + "strength",
              String.join("; ", weak),
              "make another: RSA of 2048 bits or more, or P-256, signed with SHA-256"));
    }
  }

  /** Accepts every chain, to show a certificate that is not trusted. */
  private static final class ForShow extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
