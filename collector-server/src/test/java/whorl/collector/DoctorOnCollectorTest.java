package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import whorl.collector.cli.doctor.DoctorCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.testkit.TestConfig;

/** {@code whorl doctor} on a whole collector. */
@Timeout(60)
class DoctorOnCollectorTest {
  @TempDir private Path folder;

  @Test
  void collectorThatRuns_hasNoFailedCheck() throws Exception {
    Path data = folder.resolve("data");
    CollectorServer server =
        CollectorServer.start(TestConfig.in(data).config(), Wiring::open, message -> {});
    try {
      String tokens = Files.readString(data.resolve("tokens"));
      String viewer = tokens.replaceAll("(?s).*\\bviewer (\\S+).*", "$1");
      awaitCheckpoint(server.url(), viewer);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      CommandContext context = context(out);

      int status =
          new CommandLine(new DoctorCommand(context))
              .execute("--url", server.url(), "--token", viewer);

      String text = out.toString(StandardCharsets.UTF_8);
      assertThat(status).as(text).isEqualTo(ExitStatus.DONE);
      assertThat(text)
          .containsPattern("ok +clock +0 s between|ok +clock +1 s between")
          .containsPattern("ok +token +of role viewer")
          .containsPattern("ok +version +collector unpackaged")
          .containsPattern("ok +custody +\\d+ entries, checkpoint of \\d+")
          .containsPattern("warn +agents +none is connected")
          .containsPattern("warn +evidence +there is none")
          .doesNotContain(viewer);
    } finally {
      server.stop();
    }
  }

  /** The first is signed within a second of the start. */
  private static void awaitCheckpoint(String url, String token) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/api/v1/custody/checkpoint"))
            .header("Authorization", "Bearer " + token)
            .build();
    HttpClient client = HttpClient.newHttpClient();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.send(request, BodyHandlers.discarding()).statusCode() == 200);
  }

  private static CommandContext context(ByteArrayOutputStream out) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    CommandContext system = CommandContext.system();
    return new CommandContext(
        new Terminal(stream, stream, Integer.MAX_VALUE, false, false),
        Map.of(),
        InstantSource.system(),
        System::nanoTime,
        system.pace());
  }
}
