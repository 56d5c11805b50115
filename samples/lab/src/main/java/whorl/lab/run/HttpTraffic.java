package whorl.lab.run;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import whorl.lab.cases.SentRequest;

/** Sends the requests of a descriptor to the application. */
final class HttpTraffic {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PAUSE_MILLIS = 25;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(new java.net.CookieManager())
          .build();
  private final URI application;
  private final String work;
  private final String attacker;

  HttpTraffic(URI application, String work, String attacker) {
    this.application = application;
    this.work = work;
    this.attacker = attacker;
  }

  /** Sends it and waits for the answer, whose status it returns. */
  int send(SentRequest request) throws IOException, InterruptedException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(application + filled(request.path()))).timeout(PATIENCE);
    request.headers().forEach((name, value) -> builder.header(name, filled(value)));
    String body = request.body();
    builder.method(
        request.method(),
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(filled(body)));
    return http.send(builder.build(), BodyHandlers.discarding()).statusCode();
  }

  private String filled(String text) {
    return text.replace("@work@", work).replace("@attacker@", attacker);
  }

  /**
   * Sends all of them over and over, with short pauses.
   *
   * @return how many were sent
   */
  int repeat(List<SentRequest> requests, int seconds) throws IOException, InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    int sent = 0;
    while (System.nanoTime() < end) {
      for (SentRequest request : requests) {
        int status = send(request);
        if (status >= 500) {
          throw new IOException("the application answers " + request.line() + " with " + status);
        }
        sent++;
        Thread.sleep(PAUSE_MILLIS);
      }
      if (requests.isEmpty()) {
        Thread.sleep(1_000);
      }
    }
    return sent;
  }
}
