package whorl.collector.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

final class ConnectionTest {
  private final CliRun cli = new CliRun();

  @Test
  void refused_namesUrlAndRemedy() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    int status = cli.run("agents", "--url", "http://127.0.0.1:" + port, "--token", "secret-token");

    assertThat(status).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err())
        .isEqualTo(
            "whorl: cannot reach the collector at http://127.0.0.1:"
                + port
                + ": connection refused\n"
                + "       start it with `whorl serve`, or name another with --url or"
                + " WHORL_COLLECTOR_URL\n");
  }

  @ParameterizedTest
  @CsvSource({
    "401, WHORL_TOKEN",
    "403, responder",
    "413, the detail",
    "500, log says more",
    "503, try again in 7 s",
  })
  void problemDocument_isShownWithARemedy(int status, String remedy) throws Exception {
    try (FakeCollector collector = new FakeCollector()) {
      byte[] body =
          "{\"title\":\"the title\",\"detail\":\"the detail\"}".getBytes(StandardCharsets.UTF_8);
      collector.on(
          "GET /api/v1/agents",
          new FakeCollector.Answer(status, Map.of("Retry-After", "7"), body, body.length));

      assertThat(cli.run(collector, "agents")).isEqualTo(ExitStatus.FAILED);
    }
    assertThat(cli.err()).startsWith("whorl: the title: the detail\n").contains(remedy);
  }

  @Test
  void problemDocument_hostileText_isNeutralised() throws Exception {
    try (FakeCollector collector = new FakeCollector()) {
      collector.on(
          "GET /api/v1/agents",
          FakeCollector.Answer.json(400, "{'title':'a\\u001b[2Jb','detail':'c\\nwhorl: d'}"));
      assertThat(cli.run(collector, "agents")).isEqualTo(ExitStatus.WRONG_USAGE);
    }
    assertThat(cli.err()).isEqualTo("whorl: a\uFFFD[2Jb: c\uFFFDwhorl: d\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "{'rows':[]}", "{'agents':[{'lastSeen':'yesterday'}]}", ""})
  void anotherProgramAnswers_isReported(String answer) throws Exception {
    try (FakeCollector collector = new FakeCollector()) {
      collector.on("GET /api/v1/agents", answer);
      assertThat(cli.run(collector, "agents")).isEqualTo(ExitStatus.FAILED);
      assertThat(cli.err())
          .contains(collector.url() + " does not answer as a Whorl collector does");
    }
  }

  @Test
  void redirect_isNotFollowed_toProtectTheToken() throws Exception {
    try (FakeCollector other = new FakeCollector();
        FakeCollector collector = new FakeCollector()) {
      collector.on(
          "GET /api/v1/agents",
          new FakeCollector.Answer(302, Map.of("Location", other.url()), new byte[0], 0));
      assertThat(cli.run(collector, "agents")).isEqualTo(ExitStatus.FAILED);
      assertThat(other.requests).isEmpty();
    }
  }

  @Test
  void stall_endsTheTransfer() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int status =
          cli.stall(Duration.ofMillis(100))
              .run("agents", "--url", "http://127.0.0.1:" + silent.getLocalPort());
      assertThat(status).isEqualTo(ExitStatus.FAILED);
    }
    assertThat(cli.err()).contains("has sent nothing for");
  }

  @Test
  void closedAtOnce_hintsAtTls() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread closer = new Thread(() -> readAndClose(server));
      closer.start();
      assertThat(cli.run("agents", "--url", "http://127.0.0.1:" + server.getLocalPort()))
          .isEqualTo(ExitStatus.FAILED);
      server.close();
      closer.join();
    }
    assertThat(cli.err()).contains("if it speaks TLS, write https://");
  }

  /** Behaves like a TLS server that receives plain HTTP; the client tries more than once. */
  private static void readAndClose(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        assertThat(socket.getInputStream().read(new byte[4096])).isPositive();
      } catch (IOException e) {
        assertThat(server.isClosed()).isTrue();
      }
    }
  }

  @Test
  void tokenOverPlainHttp_beyondLoopback_causesAWarning() {
    cli.stall(Duration.ofMillis(200))
        .run("agents", "--url", "http://collector.invalid:7117", "--token", "secret-token");
    assertThat(cli.err())
        .contains("without TLS the token can be read", "no such host")
        .doesNotContain("secret-token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://h",
        "127.0.0.1:7117",
        "http://user:pass@h",
        "http://h/x",
        "http://h?q",
        "http://",
        "a b"
      })
  void malformedUrl_isWrongUsage(String url) {
    assertThat(cli.run("agents", "--url", url)).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("http[s]://HOST[:PORT]").doesNotContain("pass");
  }

  @Test
  void token_withControlCharacters_isRefused_withoutPrintingIt() {
    assertThat(cli.with("WHORL_TOKEN", "secret\r\nX: y").run("agents"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("WHORL_TOKEN").doesNotContain("secret");
  }

  @Test
  void emptyTokenVariable_isIgnored() {
    cli.with("WHORL_TOKEN", "").run("agents", "--url", "http://127.0.0.1:1");
    assertThat(cli.err()).doesNotContain("characters that are not allowed");
  }

  @Test
  void tlsOptions_withoutTls_areWrongUsage(@TempDir Path folder) {
    assertThat(cli.run("agents", "--ca", folder.resolve("ca.pem").toString()))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("https://");
  }

  @Test
  void invalidTlsFiles_areNamed(@TempDir Path folder) throws Exception {
    Path ca = folder.resolve("ca.pem");
    String[] command = {"agents", "--url", "https://127.0.0.1:1", "--ca", ca.toString()};

    assertThat(cli.run(command)).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains(ca + ": no such file");

    Files.writeString(ca, "not PEM");
    assertThat(cli.run(command)).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains(ca + " holds no X.509 certificate in PEM");
  }

  @Test
  void clientCertificate_withoutKey_isWrongUsage(@TempDir Path folder) {
    int status =
        cli.run("agents", "--url", "https://127.0.0.1:1", "--client-cert", folder.toString());
    assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("go together");
  }
}
