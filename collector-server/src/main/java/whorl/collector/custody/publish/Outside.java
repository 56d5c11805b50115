package whorl.collector.custody.publish;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts to a server outside: without redirects, with bounded times and answers. Thread-safe. */
final class Outside {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration WHOLE = Duration.ofSeconds(20);
  private static final int ANSWER_MAX_BYTES = 1 << 20;

  private final URI url;
  private final Duration whole;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Outside(URI url) {
    this(url, WHOLE);
  }

  /**
   * @param whole the time for a whole answer
   */
  Outside(URI url, Duration whole) {
    this.url = url;
    this.whole = whole;
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
            .timeout(ANSWER)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> response = whole(request);
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

  /** Waits for the whole answer; the request's own time limit ends with its headers. */
  private HttpResponse<byte[]> whole(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, info -> new BoundedBody(ANSWER_MAX_BYTES));
    try {
      return answer.get(whole.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new IOException("no whole answer within " + whole.toSeconds() + " s", late);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    } finally {
      boolean unused = answer.cancel(true); // does nothing to one that is whole
    }
  }

  /** The server, without user, path and query. */
  private String place() {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }
}
