package whorl.collector.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.config.ServeConfig;
import whorl.collector.config.StormLimit;

class ServeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void options_leftOut_areTheDocumentedDefaults() {
    AtomicReference<ServeConfig> given = new AtomicReference<>();
    ServeCommand.Starter starter =
        (config, operatorMessages) -> {
          given.set(config);
          throw new IOException("not today");
        };
    assertThat(line(starter).execute()).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).isEqualToIgnoringNewLines("whorl: not today");
    ServeConfig config = given.get();
    assertThat(config.listen().getAddress().getHostAddress()).isEqualTo("127.0.0.1");
    assertThat(config.listen().getPort()).isEqualTo(7117);
    assertThat(config.dataFolder()).isEqualTo(Path.of("./whorl-data"));
    assertThat(config.tokensFile()).isNull();
    assertThat(config.maxUploads()).isEqualTo(32);
    assertThat(config.artifactMaxBytes()).isEqualTo(64L << 30);
    assertThat(config.storm()).isEqualTo(new StormLimit(3, Duration.ofMinutes(10)));
    assertThat(config.silence()).isEqualTo(Duration.ofSeconds(90));
  }

  /** The exception has a remedy, its cause has none. */
  @Test
  void failedStart_printsItsOwnMessage_notThatOfItsCause() {
    ServeCommand.Starter starter =
        (config, operatorMessages) -> {
          throw new IOException("catalog.db is damaged: restore it", new IOException("[NOTADB]"));
        };
    assertThat(line(starter).execute()).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("whorl: catalog.db is damaged: restore it");
  }

  @Test
  void address_thatIsNotLoopback_isWrongUsageWithoutTls() {
    ServeCommand.Starter never =
        (config, operatorMessages) -> {
          throw new AssertionError("started");
        };
    assertThat(line(never).execute("--listen", "0.0.0.0:0")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(err.toString()).contains("0.0.0.0:0", "--insecure", "--tls-cert");
    assertThat(line(never).execute("--nonsense")).isEqualTo(ExitStatus.WRONG_USAGE);
  }

  @Test
  void emptyFolder_isWrongUsage_andNotTheCurrentOne() {
    ServeCommand.Starter never =
        (config, operatorMessages) -> {
          throw new AssertionError("started");
        };
    assertThat(line(never).execute("--data", "")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(err.toString()).contains("--data is empty: name a folder");
  }

  @Test
  void runningServer_isReportedInOneLine() throws InterruptedException {
    ServeCommand.Running running =
        new ServeCommand.Running() {
          @Override
          public String url() {
            return "http://127.0.0.1:4711";
          }

          @Override
          public void stop() {}
        };
    CommandLine line = line((config, operatorMessages) -> running);
    Thread serving = new Thread(line::execute);
    serving.start();
    try {
      await()
          .untilAsserted(
              () ->
                  assertThat(out.toString())
                      .isEqualToIgnoringNewLines(
                          "whorl collector listening on http://127.0.0.1:4711"));
    } finally {
      serving.interrupt();
      serving.join(10_000);
    }
  }

  private CommandLine line(ServeCommand.Starter starter) {
    return new CommandLine(new ServeCommand(starter))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }
}
