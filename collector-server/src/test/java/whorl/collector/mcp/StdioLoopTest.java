package whorl.collector.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.mcp.tools.Api;
import whorl.evidence.Json;

class StdioLoopTest {
  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}\n";

  private final List<String> problems = new ArrayList<>();
  private Api api = resource -> Json.LENIENT.createObjectNode();

  private List<JsonNode> run(String input) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new StdioLoop(new McpMessages("1.0", CallListener.NONE), api, problems::add)
        .run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out);
    List<JsonNode> answers = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      assertThat(line).matches("\\p{ASCII}+");
      answers.add(Json.LENIENT.readTree(line));
    }
    return answers;
  }

  @Test
  void garbage_isAnswered_andTheNextLineIsRead() throws IOException {
    List<JsonNode> answers =
        run("nonsense\n\n  \r\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n" + PING);

    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).at("/error/code").asInt()).isEqualTo(-32700);
    assertThat(answers.get(1).path("id").asText()).isEqualTo("p");
    assertThat(answers.get(1).has("result")).isTrue();
  }

  @Test
  void lineThatIsTooLong_isSkipped_inBoundedMemory() throws IOException {
    List<JsonNode> answers = run("x".repeat(3 * StdioLoop.LINE_MAX_BYTES) + "\n" + PING);

    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).at("/error/message").asText()).contains("send less");
    assertThat(answers.get(1).has("result")).isTrue();
  }

  @Test
  void lastLineWithoutAnEnd_isAnswered() throws IOException {
    assertThat(run(PING.strip())).hasSize(1);
    assertThat(run("")).isEmpty();
  }

  @Test
  void failure_isAnError_andTheNextLineIsRead() throws IOException {
    api =
        resource -> {
          throw new IllegalStateException("a defect");
        };

    List<JsonNode> answers =
        run(
            "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/call\",\"params\":"
                + "{\"name\":\"alerts_list\"}}\n"
                + PING);

    assertThat(answers.get(0).at("/error/code").asInt()).isEqualTo(-32603);
    assertThat(answers.get(0).path("id").asInt()).isEqualTo(5);
    assertThat(answers.get(0).toString()).doesNotContain("a defect");
    assertThat(answers.get(1).has("result")).isTrue();
    assertThat(problems).singleElement().asString().contains("a defect");
  }
}
