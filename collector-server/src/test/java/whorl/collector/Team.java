package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.RawChannel;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.NameSource;

/**
 * A team with an agent, an alert, a journal, evidence, a case and rules, and with its mark in all
 * that it names.
 */
final class Team implements AutoCloseable {
  private static final String CLASS = "0123456789abcdef".repeat(4);

  /** Stolen, and used by all: so the findings about one JVM name the others. */
  private static final SigningKey KEY = SigningKey.generate();

  final String mark;
  final FakeAgent agent = new FakeAgent(KEY);
  final Id alert = Id.next(InstantSource.system());
  String capture = "";
  String aCase = "";
  String hunt = "";
  String probe = "";
  private final RawChannel channel;

  private Team(String mark, RawChannel channel) {
    this.mark = mark;
    this.channel = channel;
    agent.service = "service-" + mark;
    agent.namespace = "namespace-" + mark;
    agent.labels = Map.of("team", mark);
    agent.pod = "pod-" + mark;
    agent.host = "host-" + mark;
  }

  /** Everything of the team, as the admin of the collector and its agent make it. */
  static Team of(String mark, String url, String agentToken, Caller admin) throws Exception {
    RawChannel channel = RawChannel.open(url, agentToken, InetAddress.getLoopbackAddress());
    Team team = new Team(mark, channel);
    team.raise();
    team.ship(new HttpCaller(url, agentToken), admin);
    team.ask(admin);
    return team;
  }

  private void raise() throws IOException {
    assertThat(channel.hello(agent.identity(), agent.key)).isNotNull();
    EventLine event =
        new EventLine(
            1,
            Instant.now(),
            "whorl.SocketConnect",
            Map.of("host", "evil.example", "path", "/" + mark),
            "thread-" + mark,
            List.of(mark + ".Main.run(Main.java:1)"));
    channel.say(new AgentMessage.Journal(List.of(event)));
    List<LibraryEntry> libraries =
        List.of(
            new LibraryEntry(
                "/" + mark + ".jar",
                LibraryKind.JAR,
                "com." + mark,
                "library-" + mark,
                "1.0",
                NameSource.POM,
                null,
                1,
                false,
                null));
    Digest inventory = LibraryEntry.digest(libraries);
    channel.say(new AgentMessage.LibrariesHeld(inventory, 1, "3", true, null));
    channel.say(new AgentMessage.LibraryPart(inventory, 0, 1, libraries));
    channel.say(
        new AgentMessage.AlertRaised(
            new Alert(
                alert,
                "whorl",
                Instant.now(),
                "rule-" + mark,
                Level.HIGH,
                "title of " + mark,
                "summary of " + mark,
                List.of(),
                Map.of("event", "whorl.SocketConnect", "host", "evil.example", "owner", mark),
                "thread-" + mark,
                List.of(mark + ".Main.run(Main.java:1)")),
            null,
            List.of(event),
            null));
  }

  private void ship(Caller agents, Caller admin) {
    agent
        .with("threads.txt", "a thread of " + mark)
        .with("threads.json", "{\"threads\":[\"" + mark + "\"]}")
        .with("classes/" + CLASS + ".class", "no class of " + mark)
        .with(
            "events.ndjson",
            line(1, "{\"host\":\"evil.example\",\"address\":\"192.0.2.66\",\"port\":4444}")
                + line(2, "{\"host\":\"" + mark + ".example\",\"address\":\"192.0.2.7\"}"));
    assertThat(agent.seal().shipAll(agents).status()).isEqualTo(204);
    await()
        .atMost(Duration.ofSeconds(240))
        .failFast(
            "it has no findings",
            () ->
                get(admin, "/api/v1/evidence/" + agent.evidence + "/findings")
                    .text()
                    .contains("could not be"))
        .untilAsserted(
            () -> {
              Answer findings = get(admin, "/api/v1/evidence/" + agent.evidence + "/findings");
              assertThat(findings.status()).as(findings.text()).isEqualTo(200);
            });
  }

  private static String line(int sequence, String fields) {
    return "{\"sequence\":"
        + sequence
        + ",\"time\":\"2026-01-02T03:04:0"
        + sequence
        + "Z\",\"type\":\"whorl.SocketConnect\",\"fields\":"
        + fields
        + "}\n";
  }

  /** What people do. */
  private void ask(Caller admin) {
    Answer asked =
        send(
            admin,
            "POST",
            "/api/v1/captures",
            "{\"target\":{\"agent\":\"" + agent.id + "\"},\"reason\":\"reason of " + mark + "\"}");
    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    capture = asked.json().at("/captures/0/id").asText();
    Answer hunted =
        send(
            admin,
            "POST",
            "/api/v1/hunts",
            "{\"target\":{\"agent\":\""
                + agent.id
                + "\"},\"class\":{\"name\":\"class of "
                + mark
                + "\"}}");
    assertThat(hunted.status()).as(hunted.text()).isEqualTo(202);
    hunt = hunted.json().get("id").asText();
    Answer probed =
        send(
            admin,
            "POST",
            "/api/v1/probes",
            "{\"target\":{\"agent\":\""
                + agent.id
                + "\"},\"class\":\"probed."
                + mark
                + "\",\"method\":\"x\",\"reason\":\"probe of "
                + mark
                + "\"}");
    assertThat(probed.status()).as(probed.text()).isEqualTo(202);
    probe = probed.json().get("id").asText();
    aCase =
        send(
                admin,
                "POST",
                "/api/v1/cases",
                "{\"title\":\"case of " + mark + "\",\"tags\":[\"tag-" + mark + "\"]}")
            .json()
            .get("id")
            .asText();
    String path = "/api/v1/cases/" + aCase;
    assertThat(send(admin, "PUT", path + "/evidence/" + agent.evidence, "").status())
        .isEqualTo(204);
    assertThat(send(admin, "POST", path + "/notes", "{\"text\":\"note of " + mark + "\"}").status())
        .isEqualTo(201);
    String held = "{\"reason\":\"hold of " + mark + "\"}";
    assertThat(send(admin, "PUT", path + "/hold", held).status()).isEqualTo(200);
    assertThat(send(admin, "PUT", "/api/v1/evidence/" + agent.evidence + "/hold", held).status())
        .isEqualTo(200);
    Answer mute =
        send(
            admin,
            "POST",
            "/api/v1/alert-mutes",
            "{\"rule\":\"muted-"
                + mark
                + "\",\"namespace\":\""
                + agent.namespace
                + "\",\"service\":\""
                + agent.service
                + "\",\"duration\":\"1h\",\"reason\":\"mute of "
                + mark
                + "\"}");
    assertThat(mute.status()).as(mute.text()).isEqualTo(201);
    String comment = "{\"comment\":\"comment of " + mark + "\"}";
    assertThat(send(admin, "PATCH", "/api/v1/alert-groups/" + alert, comment).status())
        .isEqualTo(200);
    Answer rules =
        send(
            admin,
            "PUT",
            "/api/v1/rules/rules-" + mark,
            "{\"target\":{\"namespace\":\""
                + agent.namespace
                + "\",\"service\":\""
                + agent.service
                + "\"},\"rules\":\"title: x\"}");
    assertThat(rules.status()).as(rules.text()).isEqualTo(200);
  }

  /** What only this team's answers may have in them. */
  List<String> marks() {
    return List.of(
        mark,
        agent.id.value(),
        agent.evidence.value(),
        agent.capture.value(),
        alert.value(),
        capture,
        aCase,
        hunt,
        probe);
  }

  /** A path of a route about this team. */
  String path(String template) {
    Map<String, String> things = new java.util.LinkedHashMap<>();
    things.put("/evidence/{evidence}", "/evidence/" + agent.evidence);
    things.put("/evidence/{id}", "/evidence/" + agent.evidence);
    things.put("/uploads/{id}", "/uploads/x");
    things.put("/agents/{id}", "/agents/" + agent.id);
    things.put("/alerts/{id}", "/alerts/" + alert);
    things.put("/alert-mutes/{id}", "/alert-mutes/no-such-mute");
    things.put("/alert-groups/{id}", "/alert-groups/" + alert);
    things.put("/captures/{id}", "/captures/" + capture);
    things.put("/cases/{id}", "/cases/" + aCase);
    things.put("/notifications/{name}", "/notifications/none");
    things.put("/dead/{id}", "/dead/message-of-nobody");
    things.put("/hunts/{id}", "/hunts/" + hunt);
    things.put("/sigma-rules/{id}", "/sigma-rules/rule-" + mark);
    things.put("/tests/{id}", "/tests/none");
    things.put("/rows/{row}", "/rows/0");
    things.put("/probes/{id}", "/probes/" + probe);
    things.put("/search/rows/{id}", "/search/rows/no-such-search");
    things.put("/rules/{name}", "/rules/rules-" + mark);
    things.put("/schedules/{name}", "/schedules/none-" + mark);
    things.put("/artifacts/{name...}", "/artifacts/threads.txt");
    things.put("/lines/{artifact...}", "/lines/threads.txt");
    things.put("/classes/{sha256}", "/classes/" + CLASS);
    things.put("/tile/{path...}", "/tile/0/000.p/1");
    String path = template;
    for (Map.Entry<String, String> each : things.entrySet()) {
      path = path.replace(each.getKey(), each.getValue());
    }
    return path;
  }

  static Answer get(Caller caller, String path) {
    return caller.call("GET", path, Map.of(), new byte[0]);
  }

  static Answer send(Caller caller, String method, String path, String body) {
    return caller.call(
        method,
        path,
        Map.of("Content-Type", "application/json"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  /** The name of a principal with this token. */
  static String principal(String role, String token) {
    return role + "-" + Digest.of(token.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 8);
  }

  /** The parts of an answer in which nothing of others may be. */
  static String all(Answer answer) {
    List<String> headers = new ArrayList<>();
    answer.headers().forEach((name, value) -> headers.add(name + ": " + value));
    return String.join("\n", headers) + "\n" + answer.text();
  }

  @Override
  public void close() throws Exception {
    channel.close();
  }
}
