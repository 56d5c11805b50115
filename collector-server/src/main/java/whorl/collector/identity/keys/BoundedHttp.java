package whorl.collector.identity.keys;

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
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.outbound.BoundedExchange;
import whorl.collector.outbound.TlsTrust;

/** Asks an issuer's server: without redirects, with bounded times and sizes. Thread-safe. */
public final class BoundedHttp {
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final HttpClient client;

  private BoundedHttp(HttpClient client) {
    this.client = client;
  }

  /**
   * An answer.
   *
   * @param mediaType empty if there is none
   */
  public record Answer(int status, String mediaType, String body) {}

  /**
   * A client that trusts the certificates of this authority, read now.
   *
   * @param ca null for the platform's authorities
   * @throws IOException if the file cannot be used
   */
  public static BoundedHttp trusting(@Nullable Path ca) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    return new BoundedHttp(
        ca == null ? builder.build() : builder.sslContext(contextOf(ca)).build());
  }

  /** Begins a request for JSON. */
  public static HttpRequest.Builder to(URI url) {
    return HttpRequest.newBuilder(url).header("Accept", "application/json");
  }

  /**
   * Sends a request and reads the answer, whatever its status, within ten seconds.
   *
   * @throws IOException naming the URL without its query
   */
  public Answer send(HttpRequest request) throws IOException {
    try {
      HttpResponse<byte[]> response = BoundedExchange.send(client, request, MAX_BYTES, ANSWER);
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          new String(response.body(), StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(place(request.uri()) + ": interrupted", e);
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new IOException(place(request.uri()) + ": " + why, e);
    }
  }

  private static String place(URI url) {
    String text = url.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  /**
   * Reads a text of at most 1 MiB.
   *
   * @param what for the message if it is longer
   */
  public static String text(InputStream in, String what) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new IOException(what + " has more than " + MAX_BYTES + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static SSLContext contextOf(Path ca) throws IOException {
    try {
      return TlsTrust.of(Files.readAllBytes(ca));
    } catch (GeneralSecurityException | IOException e) {
      throw new IOException("ca=" + ca + " cannot be used: " + e.getMessage(), e);
    }
  }
}
