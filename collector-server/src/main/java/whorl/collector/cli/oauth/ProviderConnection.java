package whorl.collector.cli.oauth;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;

/**
 * Sends requests to an identity provider: over TLS, or on loopback; bounded in size and time.
 * Redirects are not followed, because what is sent is only for the address that was named.
 */
final class ProviderConnection {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int MAX_BYTES = 1 << 20;

  private final HttpClient client;

  /**
   * @param tls null for the platform's trust
   */
  ProviderConnection(@Nullable SSLContext tls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT);
    this.client = tls == null ? builder.build() : builder.sslContext(tls).build();
  }

  /**
   * Checks that an address is safe for secrets.
   *
   * @throws CliException if it is neither https nor on loopback
   */
  static URI safe(@Nullable URI address, String what) {
    boolean https = address != null && "https".equals(address.getScheme());
    boolean local =
        address != null
            && "http".equals(address.getScheme())
            && ("localhost".equals(address.getHost()) || "127.0.0.1".equals(address.getHost()));
    if (address == null || address.getHost() == null || !(https || local)) {
      throw CliException.failed(
          "the identity provider's " + what + " is not an https address: " + address,
          "a login would be readable on its way; ask the provider's operator");
    }
    return address;
  }

  /** Gets a document. */
  String get(URI address) throws IOException {
    HttpResponse<InputStream> response =
        sent(HttpRequest.newBuilder(address).timeout(ANSWER).GET().build());
    String body = body(response);
    if (response.statusCode() != 200) {
      throw new IOException(address + " answered with status " + response.statusCode());
    }
    return body;
  }

  /** Posts a form. */
  HTTPResponse post(HTTPRequest request) throws IOException {
    HttpResponse<InputStream> response =
        sent(
            HttpRequest.newBuilder(request.getURI())
                .timeout(ANSWER)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(String.valueOf(request.getBody())))
                .build());
    HTTPResponse answer = new HTTPResponse(response.statusCode());
    answer.setBody(body(response));
    try {
      answer.setContentType(
          response.headers().firstValue("Content-Type").orElse("application/octet-stream"));
    } catch (ParseException e) {
      throw new IOException(request.getURI() + " answered with a malformed Content-Type", e);
    }
    return answer;
  }

  private HttpResponse<InputStream> sent(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliException.failed("interrupted", null);
    }
  }

  private static String body(HttpResponse<InputStream> response) throws IOException {
    try (InputStream in = response.body()) {
      byte[] body = in.readNBytes(MAX_BYTES + 1);
      if (body.length > MAX_BYTES) {
        throw new IOException(response.uri() + " answered with more than " + MAX_BYTES + " bytes");
      }
      return new String(body, StandardCharsets.UTF_8);
    }
  }
}
