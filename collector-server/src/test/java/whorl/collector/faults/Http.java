package whorl.collector.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import whorl.collector.testkit.Answer;

/** Requests to the collectors through the balancer; each ends within a time. For all threads. */
final class Http {
  static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final String url;
  private final Tally tally;

  Http(String url, Tally tally) {
    this.url = url;
    this.tally = tally;
  }

  /** As {@link #call} with a minute at most. */
  Answer call(
      String what,
      String token,
      String method,
      String target,
      Map<String, String> headers,
      byte[] body)
      throws IOException {
    return call(what, token, method, target, headers, body, LIMIT);
  }

  /**
   * Sends one request, once.
   *
   * @param what names it in the tally
   * @throws IOException if there is no whole answer in time
   */
  Answer call(
      String what,
      String token,
      String method,
      String target,
      Map<String, String> headers,
      byte[] body,
      Duration limit)
      throws IOException {
    URI at = URI.create(target);
    String path = at.getRawPath() + (at.getRawQuery() == null ? "" : "?" + at.getRawQuery());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    tally.count("request " + what);
    long began = System.nanoTime();
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    try {
      HttpResponse<byte[]> response = sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() >= 400) {
        tally.count("error " + what + ": " + response.statusCode());
      }
      Map<String, String> answered = new HashMap<>();
      response.headers().map().forEach((name, values) -> answered.put(name, values.get(0)));
      return new Answer(response.statusCode(), answered, response.body());
    } catch (ExecutionException e) {
      tally.count("error " + what + ": " + kind(e.getCause()));
      throw new IOException(method + " " + path + ": " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      sent.cancel(true);
      tally.count("error " + what + ": no answer in time");
      throw new IOException(method + " " + path + ": no answer in " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      tally.took("request " + what, Duration.ofNanos(System.nanoTime() - began));
    }
  }

  private static String kind(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return cause.getClass().getSimpleName()
        + (message.contains("reset") ? " (reset)" : "")
        + (message.contains("no bytes") ? " (no bytes)" : "");
  }
}
