package whorl.lab.cases;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request to the application. {@code @work@} stands for the work folder and {@code
 * @attacker@} for the attacker's address.
 *
 * @param path as it is sent, already encoded
 */
public record SentRequest(
    String method, String path, Map<String, String> headers, @Nullable String body) {
  public SentRequest {
    method = method == null ? "GET" : method;
    Objects.requireNonNull(path, "path");
    headers = headers == null ? Map.of() : Map.copyOf(headers);
  }

  /** Method and path without the query, as findings name requests. */
  public String line() {
    int query = path.indexOf('?');
    return method + " " + (query < 0 ? path : path.substring(0, query));
  }
}
