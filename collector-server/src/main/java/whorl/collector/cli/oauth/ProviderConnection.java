package whorl.collector.cli.oauth;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.outbound.BoundedExchange;

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

  /** An answer, read completely. */
  private record Received(int status, String contentType, String body) {}

  /** Gets a document. */
  String get(URI address) throws IOException {
    Received received = sent(HttpRequest.newBuilder(address).GET().build());
    if (received.status() != 200) {
      throw new IOException(address + " answered with status " + received.status());
    }
    return received.body();
  }

  /** Posts a form. */
  HTTPResponse post(HTTPRequest request) throws IOException {
    Received received =
        sent(
            HttpRequest.newBuilder(request.getURI())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(String.valueOf(request.getBody())))
                .build());
    HTTPResponse answer = new HTTPResponse(received.status());
    answer.setBody(received.body());
    try {
      answer.setContentType(received.contentType());
    } catch (ParseException e) {
      throw new IOException(request.getURI() + " answered with a malformed Content-Type", e);
    }
    return answer;
  }

  private Received sent(HttpRequest request) throws IOException {
    try {
      HttpResponse<byte[]> response = BoundedExchange.send(client, request, MAX_BYTES, ANSWER);
      return new Received(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse("application/octet-stream"),
          new String(response.body(), StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliException.failed("interrupted", null);
    } catch (HttpTimeoutException e) {
      throw new IOException("no answer within " + ANSWER.toSeconds() + " s", e);
    } catch (IOException e) {
      throw new IOException(innermost(e), e);
    }
  }

  /** What is said of a failure: the innermost message, or the kind. */
  private static String innermost(Throwable failure) {
    String text = failure.getClass().getSimpleName();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      text = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
    }
    return text;
  }
}
