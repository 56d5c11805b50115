package whorl.collector.outbound;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends a request and reads all of its answer, within one time limit. The timeout of {@link
 * HttpRequest} is not enough: up to JDK 25 it ends with the answer's headers, so a server that
 * sends no more after them would hold the caller forever (JDK-8208693).
 */
public final class BoundedExchange {
  private BoundedExchange() {}

  /**
   * Sends a request; a connection whose answer is late or too long is closed.
   *
   * @param maxBytes of the answer's body
   * @param timeLimit from this call to the last byte of the answer
   * @throws IOException if there is no answer, or if it is late or too long; the message does not
   *     have the URL
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public static HttpResponse<byte[]> send(
      HttpClient client, HttpRequest request, int maxBytes, Duration timeLimit)
      throws IOException, InterruptedException {
    return send(client, request, head -> new BoundedBody(maxBytes, true), timeLimit);
  }

  /** Does the same, but of a longer answer it returns the beginning, and leaves the rest unread. */
  public static HttpResponse<byte[]> sendForBeginning(
      HttpClient client, HttpRequest request, int maxBytes, Duration timeLimit)
      throws IOException, InterruptedException {
    return send(client, request, head -> new BoundedBody(maxBytes, false), timeLimit);
  }

  private static HttpResponse<byte[]> send(
      HttpClient client,
      HttpRequest request,
      HttpResponse.BodyHandler<byte[]> bodies,
      Duration timeLimit)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, bodies);
    try {
      return exchange.get(timeLimit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      HttpTimeoutException late =
          new HttpTimeoutException("no whole answer within " + timeLimit.toMillis() + " ms");
      late.initCause(e);
      throw late;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw new IOException(why, cause);
    } finally {
      exchange.cancel(true);
    }
  }
}
