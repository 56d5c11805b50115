package whorl.agent.ship.net;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** The collector's answer to one request. */
public record Answer(int status, HttpHeaders headers, String body) {
  private static final int QUOTED_MAX_CHARS = 500;
  private static final int RETRY_AFTER_MAX_SECONDS = 300;

  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** The numeric value of a header; -1 if it is absent or not a number. */
  public long count(String name) {
    String text = headers.get(name);
    try {
      return text == null ? -1 : Math.max(-1, Long.parseLong(text.strip()));
    } catch (NumberFormatException notACount) {
      return -1;
    }
  }

  /** Retry-After in seconds, within bounds; {@code otherwise} if there is none. */
  public Duration retryAfter(Duration otherwise) {
    long seconds = count("Retry-After");
    return seconds < 0
        ? otherwise
        : Duration.ofSeconds(Math.max(1, Math.min(seconds, RETRY_AFTER_MAX_SECONDS)));
  }

  /** The title of the problem document (RFC 9457); empty if there is none. */
  public String title() {
    return text("title");
  }

  /** Status, title and detail in one line, for the log. */
  public String summary() {
    String detail = text("detail");
    String line =
        status + (title().isEmpty() ? "" : " " + title()) + (detail.isEmpty() ? "" : ": " + detail);
    return Text.atMost(line, QUOTED_MAX_CHARS);
  }

  private String text(String field) {
    try {
      JsonNode node = Json.LENIENT.readTree(body);
      return node == null ? "" : node.path(field).asText("");
    } catch (IOException notAProblemDocument) {
      return "";
    }
  }
}
