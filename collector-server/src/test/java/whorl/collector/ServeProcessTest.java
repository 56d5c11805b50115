package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.evidence.Json;

/** {@code whorl serve} as a process: its log as JSON, and how it ends. */
@Timeout(120)
class ServeProcessTest {
  @TempDir private Path folder;
  private Process process;

  @AfterEach
  void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** Starts it, and returns its address when it listens. */
  private String start(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of("serve", "--listen", "127.0.0.1:0"));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    command.addAll(Arrays.asList(options));
    process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve("err").toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    await().atMost(Duration.ofSeconds(60)).until(() -> text().contains("listening on http"));
    return text().replaceAll("(?s).*listening on (http://[0-9.:]+).*", "$1");
  }

  private String text() throws IOException {
    return Files.readString(folder.resolve("out")) + Files.readString(folder.resolve("err"));
  }

  @Test
  void signal_endsACollectorWithoutADrain_soon_andItsJsonLogHasNothingElse_andNoToken()
      throws Exception {
    start("--log-format", "json");
    process.destroy();

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(text()).contains("stopping").doesNotContain("draining for");

    assertThat(Files.readString(folder.resolve("out"))).isEmpty();
    List<String> messages = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("err"))) {
      JsonNode entry = Json.MAPPER.readTree(line);
      assertThat(entry.get("time").asText()).endsWith("Z");
      messages.add(entry.get("message").asText());
    }
    assertThat(messages).anyMatch(each -> each.startsWith("whorl collector listening on http"));
    String tokens = Files.readString(folder.resolve("data/tokens"));
    for (String line : tokens.lines().filter(each -> each.matches("[a-z]+ \\S{20,}")).toList()) {
      assertThat(text()).doesNotContain(line.substring(line.lastIndexOf(' ') + 1));
    }
  }

  @Test
  void firstSignal_drains_andTheSecondEndsAtOnce() throws Exception {
    String url = start("--drain-seconds", "600");
    assertThat(status(url, "/readyz")).isEqualTo(200);

    process.destroy();
    await().atMost(Duration.ofSeconds(10)).until(() -> status(url, "/readyz") == 503);
    HttpResponse<String> served = get(url, "/healthz");
    assertThat(served.statusCode()).isEqualTo(200);
    assertThat(served.headers().firstValue("Connection")).contains("close");
    process.destroy();

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
  }

  private static int status(String url, String path) throws Exception {
    return get(url, path).statusCode();
  }

  private static HttpResponse<String> get(String url, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
