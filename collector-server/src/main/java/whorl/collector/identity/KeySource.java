package whorl.collector.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import whorl.collector.config.AgentIssuer;
import whorl.evidence.Json;

/**
 * Reads an issuer's keys (JWKS, RFC 7517): from a file, from a URL, or from where its OpenID
 * Connect discovery document says. Without redirects, with bounded times and sizes.
 *
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect
 *     Discovery</a>
 */
final class KeySource {
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private final AgentIssuer issuer;

  KeySource(AgentIssuer issuer) {
    this.issuer = issuer;
  }

  /** True if reading costs nothing, so that it may be done often. */
  boolean isLocal() {
    return issuer.keysFile() != null;
  }

  /**
   * Reads the keys.
   *
   * @return a JSON document
   * @throws IOException naming the place, and the remedy if there is one
   */
  String read() throws IOException {
    Path file = issuer.keysFile();
    if (file != null) {
      try (InputStream in = Files.newInputStream(file)) {
        return text(in, file.toString());
      } catch (IOException e) {
        throw new IOException("cannot read the keys in " + file + ": " + e, e);
      }
    }
    HttpClient client = client(); // anew: the authority's file may have been renewed
    URI keys = issuer.keysUrl();
    return get(client, keys == null ? discovered(client) : keys);
  }

  private URI discovered(HttpClient client) throws IOException {
    String base = issuer.issuer().replaceAll("/+$", "");
    Map<?, ?> document =
        Json.MAPPER.readValue(get(client, URI.create(base + DISCOVERY)), Map.class);
    if (!issuer.issuer().equals(document.get("issuer"))) {
      throw new IOException(
          base + DISCOVERY + " is of another issuer; give it to --agent-issuer exactly as it is");
    }
    try {
      URI keys = URI.create(String.valueOf(document.get("jwks_uri")));
      if (keys.getHost() != null && AgentIssuer.isSafe(keys)) {
        return keys;
      }
    } catch (IllegalArgumentException e) {
      // reported below
    }
    throw new IOException(base + DISCOVERY + " has no jwks_uri of https; give jwks=FILE or URL");
  }

  private String get(HttpClient client, URI url) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).timeout(ANSWER).header("Accept", "application/json");
    Path token = issuer.token();
    if (token != null) {
      request.header("Authorization", "Bearer " + Files.readString(token).strip());
    }
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException(
              "status "
                  + response.statusCode()
                  + (response.statusCode() == 401 || response.statusCode() == 403
                      ? "; give token-file=FILE with a token that may read it"
                      : ""));
        }
        return text(body, "the answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(url + ": interrupted", e);
    } catch (IOException e) {
      throw new IOException(url + ": " + (e.getMessage() == null ? e : e.getMessage()), e);
    }
  }

  private static String text(InputStream in, String what) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new IOException(what + " has more than " + MAX_BYTES + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private HttpClient client() throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    Path ca = issuer.ca();
    return ca == null ? builder.build() : builder.sslContext(trusting(ca)).build();
  }

  private static SSLContext trusting(Path ca) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(ca)))) {
        store.setCertificateEntry("ca-" + number, each);
        number++;
      }
      if (number == 0) {
        throw new IOException("it has no certificate");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IOException("ca=" + ca + " cannot be used: " + e.getMessage(), e);
    }
  }
}
