package whorl.collector.custody.publish;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import whorl.collector.outbound.BoundedExchange;

/** Posts to a server outside: without redirects, with bounded times and answers. Thread-safe. */
final class Outside {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int ANSWER_MAX_BYTES = 1 << 20;

  private final URI url;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Outside(URI url) {
    this.url = url;
  }

  /**
   * Posts a body.
   *
   * @return the answer's body
   * @throws IOException if the answer is not 2xx; the message has no query of the URL, which may
   *     hold a secret
   */
  byte[] post(String contentType, byte[] body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> response =
          BoundedExchange.send(client, request, ANSWER_MAX_BYTES, ANSWER);
      if (response.statusCode() / 100 != 2) {
        throw new IOException("status " + response.statusCode());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(place() + ": interrupted", e);
    } catch (IOException e) {
      throw new IOException(place() + ": " + e.getMessage(), e);
    }
  }

  /** The server, without user, path and query. */
  private String place() {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }
}
