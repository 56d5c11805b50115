package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.HttpReceiver;
import whorl.collector.testkit.RawChannel;
import whorl.collector.testkit.TestConfig;

/** What happens at a whole collector reaches those who are to be notified. */
@Timeout(180)
class NotificationsTest {
  private static final String AGENT = "agent-token-0123456789";
  private static final String ALERT = "alert-token-0123456789";
  private static final String VIEWER = "viewer-token-0123456789";
  private static final String RESPONDER = "responder-token-0123456789";
  private static final String NOTIFICATIONS = "/api/v1/notifications";

  @TempDir private Path root;
  private HttpReceiver receiver;
  private CollectorServer server;

  @BeforeEach
  void start() throws IOException {
    receiver = HttpReceiver.start();
    Files.writeString(
        root.resolve("tokens"),
        String.join(
            "\n",
            "agent " + AGENT,
            "alert " + ALERT,
            "viewer " + VIEWER,
            "responder " + RESPONDER,
            ""));
    Files.writeString(
        root.resolve("notify.yaml"),
        """
        public-url: https://whorl.example.org
        notifications:
          - name: hook
            type: webhook
            url: 'URL'
            insecure: true
            allow-local: true
            wait: 2s
            include: [command]
            filter: {kinds: [alert, agent-lost], level: medium}
          - name: evidence
            type: cloudevents
            url: 'URL'
            insecure: true
            allow-local: true
            filter: {kinds: [evidence, report]}
        """
            .replace("URL", receiver.url()));
    server = started();
  }

  private CollectorServer started() throws IOException {
    return CollectorServer.start(
        TestConfig.in(root.resolve("data"))
            .tokens(root.resolve("tokens"))
            .notifyFile(root.resolve("notify.yaml"))
            .config(),
        Wiring::open,
        message -> {});
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop();
    }
    receiver.close();
  }

  private Answer call(String token, String method, String path, String body) {
    return new HttpCaller(server.url(), token)
        .call(
            method,
            path,
            Map.of("Content-Type", "application/json"),
            body.getBytes(StandardCharsets.UTF_8));
  }

  private void raise(String rule, String level) {
    Answer answer =
        call(
            ALERT,
            "POST",
            "/api/v1/alerts/generic",
            "{\"rule\":\""
                + rule
                + "\",\"level\":\""
                + level
                + "\",\"target\":{\"service\":\"shop\"},\"title\":\"Something"
                + " Happened\",\"fields\":{\"command\":\"id\",\"secret\":\"s3cr3t\"}}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
  }

  private JsonNode shown() throws IOException {
    return call(VIEWER, "GET", NOTIFICATIONS, "").json().get("notifications").get(0);
  }

  @Test
  void alertsOfOneGroup_areOneMessage_withTheFieldsThatAreAskedForAlone() throws Exception {
    List<String> alerts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      alerts.add(
          "{\"labels\":{\"alertname\":\"rule-1\",\"severity\":\""
              + (i == 3 ? "critical" : "high")
              + "\",\"command\":\"id\",\"secret\":\"s3cr3t\"}}");
    }
    alerts.add("{\"labels\":{\"alertname\":\"of-no-weight\",\"severity\":\"info\"}}");
    Answer raised =
        call(
            ALERT,
            "POST",
            "/api/v1/alerts/alertmanager",
            "{\"version\":\"4\",\"alerts\":[" + String.join(",", alerts) + "]}");
    assertThat(raised.status()).as(raised.text()).isEqualTo(202);

    await().atMost(Duration.ofSeconds(30)).until(() -> !receiver.posts.isEmpty());
    JsonNode message = receiver.posts.get(0).json();
    assertThat(message.get("count").asInt()).isEqualTo(16);
    assertThat(message.get("level").asText()).isEqualTo("critical");
    assertThat(message.get("rule").asText()).isEqualTo("rule-1");
    assertThat(message.get("link").asText()).startsWith("https://whorl.example.org/#/alerts/");
    assertThat(message.get("fields").get("command").asText()).isEqualTo("id");
    assertThat(message.toString()).doesNotContain("s3cr3t");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(shown().get("delivered").asInt()).isEqualTo(1));
    assertThat(shown().get("status").asText()).isEqualTo("ok");
    assertThat(shown().get("waiting").asInt()).isZero();
  }

  @Test
  void alertOfARuleThatIsMutedInItsNamespace_isNoMessage() throws Exception {
    FakeAgent agent = new FakeAgent();
    Answer muted =
        call(
            RESPONDER,
            "POST",
            "/api/v1/alert-mutes",
            "{\"rule\":\"rule-1\",\"service\":\"shop\",\"namespace\":\""
                + agent.namespace
                + "\",\"duration\":\"1h\",\"reason\":\"load test\"}");
    assertThat(muted.status()).as(muted.text()).isEqualTo(201);
    try (RawChannel channel =
        RawChannel.open(server.url(), AGENT, InetAddress.getLoopbackAddress())) {
      assertThat(channel.hello(agent.identity(), agent.key)).isNotNull();
      raise("rule-1", "critical");
      raise("rule-2", "high");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                assertThat(shown().get("delivered").asInt()).isPositive();
                assertThat(shown().get("waiting").asInt()).isZero();
              });
    }

    assertThat(receiver.posts).hasSize(1);
    JsonNode message = receiver.posts.get(0).json();
    assertThat(message.get("rule").asText()).isEqualTo("rule-2");
    assertThat(message.get("namespace").asText()).isEqualTo(agent.namespace);
    assertThat(message.get("count").asInt()).isEqualTo(1);
  }

  /** Which JVM an alert that is over was about, Alertmanager does not say, or it is gone. */
  @Test
  void alertThatAlertmanagerEnds_isAMessageToWhomItsBeginWasOne() throws Exception {
    FakeAgent agent = new FakeAgent();
    Path file = root.resolve("notify.yaml");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("level: medium}", "services: [shop]}")
            .replace("name: hook", "name: team"));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(shown().get("name").asText()).isEqualTo("team"));
    down(agent, "firing"); // of no service, since its JVM is not known yet
    try (RawChannel channel =
        RawChannel.open(server.url(), AGENT, InetAddress.getLoopbackAddress())) {
      assertThat(channel.hello(agent.identity(), agent.key)).isNotNull();
      down(agent, "firing");
      await().atMost(Duration.ofSeconds(30)).until(() -> !receiver.posts.isEmpty());
    }
    down(agent, "resolved");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(receiver.posts).hasSizeGreaterThan(1));
    JsonNode begun = receiver.posts.get(0).json();
    JsonNode over = receiver.posts.get(1).json();
    assertThat(begun.get("over").asBoolean()).isFalse();
    assertThat(over.get("over").asBoolean()).isTrue();
    assertThat(over.get("group")).isEqualTo(begun.get("group"));
    assertThat(over.get("service")).isEqualTo(begun.get("service"));
  }

  private void down(FakeAgent agent, String status) {
    Answer answer =
        call(
            ALERT,
            "POST",
            "/api/v1/alerts/alertmanager",
            "{\"version\":\"4\",\"alerts\":[{\"status\":\""
                + status
                + "\",\"labels\":{\"alertname\":\"Down\",\"pod\":\""
                + agent.pod
                + "\"}}]}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
  }

  @Test
  void sealedEvidence_andItsFindings_areMessages() throws Exception {
    FakeAgent agent = new FakeAgent().with("threads.txt", "threads").with("process.json", "{}");
    agent.seal();
    assertThat(agent.shipAll(new HttpCaller(server.url(), AGENT)).status()).isEqualTo(204);

    Set<String> kinds = new TreeSet<>();
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () -> {
              receiver.posts.forEach(
                  post -> {
                    JsonNode message = post.json().path("data");
                    if (agent.evidence.value().equals(message.path("evidence").asText())) {
                      kinds.add(message.get("kind").asText());
                    }
                  });
              assertThat(kinds).containsExactly("evidence", "report");
            });
  }

  @Test
  void alertOfACollectorThatDies_isDeliveredByTheNext() throws Exception {
    receiver.status = 503;
    raise("rule-1", "high");
    server.stop();
    receiver.posts.clear();
    receiver.status = 200;
    server = started();

    await().atMost(Duration.ofSeconds(30)).until(() -> !receiver.posts.isEmpty());
    assertThat(receiver.posts.get(0).json().get("rule").asText()).isEqualTo("rule-1");
  }

  @Test
  void groupThatSomebodyCloses_isAMessage_thatItIsOver() throws Exception {
    raise("rule-1", "high");
    await().atMost(Duration.ofSeconds(30)).until(() -> !receiver.posts.isEmpty());
    String group = receiver.posts.get(0).json().get("group").asText();
    Answer closed =
        call(RESPONDER, "PATCH", "/api/v1/alert-groups/" + group, "{\"state\":\"resolved\"}");
    assertThat(closed.status()).as(closed.text()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(receiver.posts).hasSizeGreaterThan(1));
    JsonNode over = receiver.posts.get(receiver.posts.size() - 1).json();
    assertThat(over.get("over").asBoolean()).isTrue();
    assertThat(over.get("group").asText()).isEqualTo(group);
  }

  @Test
  void testMessage_showsWhatTheOtherSideAnswers() throws Exception {
    receiver.answer = "thank you";
    Answer answer = call(RESPONDER, "POST", NOTIFICATIONS + "/hook/test", "{}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().get("delivered").asBoolean()).isTrue();
    assertThat(answer.json().get("answer").asText()).isEqualTo("200 thank you");
    assertThat(receiver.posts.get(0).json().get("kind").asText()).isEqualTo("test");

    receiver.status = 403;
    receiver.answer = "who are you";
    JsonNode refused = call(RESPONDER, "POST", NOTIFICATIONS + "/hook/test", "{}").json();
    assertThat(refused.get("delivered").asBoolean()).isFalse();
    assertThat(refused.get("answer").asText()).contains("403 who are you");

    assertThat(call(VIEWER, "POST", NOTIFICATIONS + "/hook/test", "{}").status()).isEqualTo(403);
    assertThat(call(RESPONDER, "POST", NOTIFICATIONS + "/none/test", "{}").status()).isEqualTo(404);
  }

  @Test
  void deadMessages_areListed_retriedAndDiscarded() throws Exception {
    receiver.status = 422;
    raise("rule-1", "high");
    raise("rule-2", "high");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(shown().get("dead").asInt()).isEqualTo(2));

    JsonNode dead = call(RESPONDER, "GET", NOTIFICATIONS + "/dead", "").json().get("messages");
    assertThat(dead).hasSize(2);
    assertThat(dead.get(0).get("title").asText()).isEqualTo("Something Happened");
    assertThat(dead.get(0).get("problem").asText()).contains("422");
    receiver.status = 200;
    String path = NOTIFICATIONS + "/dead/";
    assertThat(
            call(RESPONDER, "POST", path + dead.get(0).get("id").asText() + "/retry", "{}")
                .status())
        .isEqualTo(204);
    assertThat(call(RESPONDER, "DELETE", path + dead.get(1).get("id").asText(), "").status())
        .isEqualTo(204);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(shown().get("delivered").asInt()).isEqualTo(1));
    assertThat(shown().get("dead").asInt()).isZero();
    assertThat(
            call(RESPONDER, "POST", path + dead.get(1).get("id").asText() + "/retry", "{}")
                .status())
        .isEqualTo(404);
  }

  @Test
  void newVersionOfTheFile_appliesWithoutARestart() throws Exception {
    Path file = root.resolve("notify.yaml");
    String good = Files.readString(file);
    Files.writeString(file, good.replace("type: webhook", "type: pigeon"));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(call(VIEWER, "GET", NOTIFICATIONS, "").json().path("problem").asText())
                    .contains("stays valid"));
    assertThat(shown().get("type").asText()).isEqualTo("webhook");
    assertThat(call(VIEWER, "GET", "/readyz", "").status()).isEqualTo(200);

    Files.writeString(file, good.replace("name: hook", "name: other"));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(shown().get("name").asText()).isEqualTo("other"));
  }
}
