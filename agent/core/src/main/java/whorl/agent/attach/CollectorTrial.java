package whorl.agent.attach;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * Asks the collector whether it accepts the token, before anything is loaded: an agent keeps what
 * it was given until its JVM ends, and no second one can be loaded.
 */
final class CollectorTrial {
  private static final String CHANNEL = "/agent/v1/channel";
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int ANSWER_MAX_BYTES = 64 << 10;
  private static final int DETAIL_MAX_CHARS = 500;

  private CollectorTrial() {}

  /**
   * Asks for a channel, without opening one. A collector that cannot be reached from here is no
   * refusal, because the application may be in another network.
   *
   * @param settings for the agent, by key
   * @param ca PEM certificates of the collector's CA; null for none
   * @throws Refusal if the collector refuses the token, {@code ca} did not sign its certificate, or
   *     it speaks no TLS with this process
   */
  static void run(Properties settings, byte @Nullable [] ca) throws Refusal {
    String url = settings.getProperty("collector.url");
    String token = settings.getProperty("collector.token");
    if (url == null || token == null || settings.containsKey("collector.client-cert")) {
      return;
    }
    try {
      judge(ask(URI.create(url.replaceFirst("/+$", "") + CHANNEL), token, ca));
    } catch (SSLException e) {
      if (ca != null) {
        throw refusal(e);
      }
    } catch (GeneralSecurityException e) {
      throw new Refusal(
          "--ca holds no certificates that can be read: " + e.getMessage(),
          "give the PEM file of the collector's CA");
    } catch (IOException notReachedFromHere) {
      // the agent says how its own connection went
      return;
    }
  }

  private static Refusal refusal(SSLException e) {
    String why = Printable.text(String.valueOf(e.getMessage()), DETAIL_MAX_CHARS);
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return new Refusal(
            "the collector's certificate is not accepted: " + why,
            "--ca must be the authority that signed it, and --collector a name that it has");
      }
    }
    return new Refusal(
        "the collector speaks no TLS with this process: " + why,
        "give https where the collector speaks TLS, http where it does not; a collector with"
            + " --client-ca wants --set collector.client-cert=FILE and collector.client-key=FILE");
  }

  /** What the collector answers. */
  private record Answer(int status, String detail) {}

  private static void judge(Answer answer) throws Refusal {
    if (answer.status() == 401 || answer.status() == 403) {
      throw new Refusal(
          "the collector refuses this token: "
              + Printable.text(answer.status() + " " + answer.detail(), DETAIL_MAX_CHARS),
          "give a token of role agent of its tokens file; docs/agent-identity.md has other proofs");
    }
  }

  private static Answer ask(URI channel, String token, byte @Nullable [] ca)
      throws IOException, GeneralSecurityException {
    HttpURLConnection connection =
        (HttpURLConnection) channel.toURL().openConnection(Proxy.NO_PROXY);
    if (ca != null && connection instanceof HttpsURLConnection secure) {
      secure.setSSLSocketFactory(trusting(ca).getSocketFactory());
    }
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    try {
      int status = connection.getResponseCode();
      return new Answer(status, detail(connection.getErrorStream()));
    } finally {
      connection.disconnect();
    }
  }

  private static SSLContext trusting(byte[] ca) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int number = 0;
    for (Certificate each :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(ca))) {
      store.setCertificateEntry("ca-" + number++, each);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  /** The detail of a problem document; empty without. */
  private static String detail(@Nullable InputStream body) throws IOException {
    if (body == null) {
      return "";
    }
    try (body) {
      byte[] bytes = body.readNBytes(ANSWER_MAX_BYTES);
      JsonNode problem = Json.LENIENT.readTree(bytes);
      return problem == null ? "" : problem.path("detail").asText("");
    } catch (JsonProcessingException noProblemDocument) {
      return "";
    }
  }
}
