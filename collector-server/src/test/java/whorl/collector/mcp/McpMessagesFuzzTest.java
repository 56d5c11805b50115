package whorl.collector.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import whorl.collector.mcp.tools.Api;
import whorl.evidence.Json;

/** Messages of programs that use tools: each has an answer, and none fails the collector. */
class McpMessagesFuzzTest {
  private static final McpMessages MESSAGES = new McpMessages("1", CallListener.NONE);
  private static final Api API = resource -> Json.LENIENT.readTree("{}");

  @FuzzTest
  void anyMessage_isAnswered(byte[] input) throws IOException {
    requireAnswer(input);
  }

  @FuzzTest
  void anyArguments_areAnswered(byte[] input) throws IOException {
    String text = new String(input, StandardCharsets.UTF_8);
    String[] parts = text.split("\n", 2);
    requireAnswer(
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":"
                + Json.text(parts[0])
                + ",\"arguments\":"
                + (parts.length > 1 ? parts[1] : "{}")
                + "}}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void requireAnswer(byte[] message) throws IOException {
    McpReply reply = MESSAGES.answer(message, null, API);
    assertThat(reply).isNotNull();
    assertThat(reply.message() == null || reply.message().path("jsonrpc").asText().equals("2.0"))
        .isTrue();
  }
}
