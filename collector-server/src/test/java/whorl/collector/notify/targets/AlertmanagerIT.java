package whorl.collector.notify.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.Target;
import whorl.collector.notify.targets.HttpSettings.Dialect;
import whorl.collector.testkit.HttpReceiver;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * Debian's Prometheus Alertmanager takes our alerts, notifies its own receiver, and knows when they
 * are over; also after its absence.
 */
@Timeout(120)
class AlertmanagerIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private HttpReceiver receiver;
  private int port;
  private Process process;

  @BeforeEach
  void start() throws IOException {
    Path program = Path.of("/usr/bin/prometheus-alertmanager");
    if (!Files.isExecutable(program)) {
      System.out.println("SKIPPED: no Alertmanager here; apt-get install prometheus-alertmanager");
    }
    Assumptions.assumeTrue(Files.isExecutable(program), "no Alertmanager");
    receiver = HttpReceiver.start();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.writeString(
        folder.resolve("alertmanager.yml"),
        """
        route: {receiver: whorl, group_by: [group], group_wait: 0s, group_interval: 1s}
        receivers:
          - name: whorl
            webhook_configs: [{url: "URL", send_resolved: true}]
        """
            .replace("URL", receiver.url()));
    run();
  }

  private void run() throws IOException {
    process =
        new ProcessBuilder(
                "/usr/bin/prometheus-alertmanager",
                "--config.file=" + folder.resolve("alertmanager.yml"),
                "--storage.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("alertmanager.log").toFile()))
            .start();
    await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> get("/-/ready") != null);
  }

  private void end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (process != null) {
      end();
    }
    if (receiver != null) {
      receiver.close();
    }
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private List<String> firing() throws IOException, InterruptedException {
    return Stream.of(Json.MAPPER.readValue(get("/api/v2/alerts?active=true"), JsonNode[].class))
        .map(alert -> alert.get("labels").get("level").asText())
        .toList();
  }

  private static Message message(Level level, boolean over) {
    Message sample = Samples.message(over);
    Notice of = sample.notice();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return new Message(
        sample.id(),
        sample.notification(),
        new Notice(
            of.kind(),
            of.group(),
            now,
            level,
            over,
            of.title(),
            of.rule(),
            of.source(),
            of.service(),
            of.namespace(),
            of.pod(),
            of.agent(),
            of.alert(),
            of.capture(),
            null,
            null,
            null,
            of.tags(),
            Map.of(),
            of.fields(),
            of.also()),
        sample.count(),
        now,
        sample.page());
  }

  private void assertNotified(String status, String level) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(receiver.posts)
                    .anySatisfy(
                        post ->
                            assertThat(post.json().get("alerts"))
                                .anySatisfy(
                                    alert -> {
                                      assertThat(alert.get("status").asText()).isEqualTo(status);
                                      assertThat(alert.get("labels").get("level").asText())
                                          .isEqualTo(level);
                                      assertThat(alert.get("annotations").get("summary").asText())
                                          .contains("A shell was started");
                                    })));
  }

  @Test
  void alerts_fire_becomeGraver_andEnd_alsoAfterAnAbsence() throws Exception {
    HttpSettings settings =
        Samples.http(Dialect.ALERTMANAGER, "http://127.0.0.1:" + port + "/api/v2/alerts", null);
    try (Target target = settings.open()) {
      target.deliver(List.of(message(Level.HIGH, false)));
      assertThat(firing()).containsExactly("high");
      assertNotified("firing", "high");

      target.deliver(List.of(message(Level.CRITICAL, false)));
      await().atMost(Duration.ofSeconds(30)).until(() -> firing().equals(List.of("critical")));
      assertNotified("firing", "critical");
      assertNotified("resolved", "high");

      target.deliver(List.of(message(Level.MEDIUM, false)));
      await().atMost(Duration.ofSeconds(30)).until(() -> firing().contains("medium"));
      assertThat(firing()).containsExactlyInAnyOrder("critical", "medium");

      end();
      assertThatThrownBy(() -> target.deliver(List.of(message(Level.CRITICAL, true))))
          .isInstanceOf(IOException.class);
      run();
      target.deliver(List.of(message(Level.CRITICAL, true)));
      await().atMost(Duration.ofSeconds(30)).until(() -> firing().isEmpty());
    }
    assertThat(Files.readString(folder.resolve("alertmanager.log"))).doesNotContain("level=ERROR");
  }
}
