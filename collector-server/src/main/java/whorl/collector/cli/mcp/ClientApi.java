package whorl.collector.cli.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Answer;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.mcp.tools.Api;
import whorl.collector.mcp.tools.Resource;
import whorl.collector.mcp.tools.TooLongException;
import whorl.collector.mcp.tools.ToolException;
import whorl.evidence.Json;

/** The API of a collector over HTTP, with the user's token, for as long as the command runs. */
final class ClientApi implements Api {
  /** A stored login is renewed where its client is made, so clients are not kept for long. */
  private static final long CLIENT_KEPT_NANOS = Duration.ofSeconds(30).toNanos();

  private final Supplier<CollectorClient> connect;
  private final LongSupplier nanos;
  private @Nullable CollectorClient client;
  private long clientMadeNanos;

  ClientApi(Supplier<CollectorClient> connect, LongSupplier nanos) {
    this.connect = connect;
    this.nanos = nanos;
  }

  @Override
  public JsonNode get(Resource resource) throws IOException {
    Answer answer;
    try {
      answer = client().answer(resource.target());
    } catch (CliException e) {
      throw new ToolException(
          e.remedy() == null ? e.getMessage() : e.getMessage() + "; " + e.remedy());
    }
    if (answer.status() == 200) {
      byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
      if (body.length > ANSWER_MAX_BYTES) {
        throw new TooLongException();
      }
      try {
        return Json.LENIENT.readTree(body);
      } catch (IOException e) {
        throw new ToolException("the collector's answer is not JSON; check that --url names one");
      }
    }
    throw new ToolException(problem(answer));
  }

  private CollectorClient client() {
    CollectorClient kept = client;
    long now = nanos.getAsLong();
    if (kept == null || now - clientMadeNanos > CLIENT_KEPT_NANOS) {
      kept = connect.get();
      client = kept;
      clientMadeNanos = now;
    }
    return kept;
  }

  /** Returns what a problem document says. */
  private static String problem(Answer answer) {
    String sentence = "the collector answered with status " + answer.status();
    try {
      JsonNode document = Json.LENIENT.readTree(answer.text());
      String title = document.path("title").asText("");
      if (!title.isEmpty()) {
        sentence = title + ": " + document.path("detail").asText("");
      }
    } catch (IOException notJson) {
      // the status says enough
    }
    return switch (answer.status()) {
      case 401 -> sentence + "; log in with `whorl login`, or start whorl mcp with a token";
      case 409, 429, 503 -> sentence + "; try again later";
      default -> sentence;
    };
  }
}
