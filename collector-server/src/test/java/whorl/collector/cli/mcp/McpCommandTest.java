package whorl.collector.cli.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Json;

class McpCommandTest {
  private static final String TOKEN = "viewer-token-0123456789";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String input, String url) {
    CommandContext context =
        new CommandContext(
            new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Integer.MAX_VALUE,
                false,
                false),
            Map.of("WHORL_TOKEN", TOKEN),
            InstantSource.system(),
            System::nanoTime,
            CommandContext.system().pace());
    return new CommandLine(
            new McpCommand(
                context, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))))
        .execute("--url", url);
  }

  /** Nothing else may be on standard output: the client reads it as messages. */
  @Test
  void collectorThatIsAway_isAnErrorOfTheTool_withTheRemedy() throws IOException {
    int status =
        run(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n"
                + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":"
                + "{\"name\":\"alerts_list\"}}\n",
            "http://127.0.0.1:" + freePort());

    assertThat(status).isEqualTo(ExitStatus.DONE);
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode tools = Json.LENIENT.readTree(lines.get(0));
    assertThat(tools.at("/result/tools").size()).isGreaterThan(10);
    JsonNode refused = Json.LENIENT.readTree(lines.get(1));
    assertThat(refused.at("/result/isError").asBoolean()).isTrue();
    assertThat(refused.at("/result/content/1/text").asText())
        .contains("cannot reach the collector", "whorl serve")
        .doesNotContain(TOKEN);
  }

  @Test
  void endOfTheInput_endsIt() {
    assertThat(run("", "http://127.0.0.1:9")).isEqualTo(ExitStatus.DONE);
    assertThat(out.size()).isZero();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
