package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.PlainJWT;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.AgentAccess;
import whorl.collector.config.AgentIssuer;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.RawChannel;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestIssuer;
import whorl.evidence.Alert;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** A whole collector, agents of several teams, and a compromised one among them. */
@Timeout(120)
class AgentIdentityTest {
  private static final String SHARED = "agent-token-that-all-share-0123456789";
  private static final String OF_SHOP = "agent-token-of-the-shop-0123456789";
  private static final String OF_BANK = "agent-token-of-the-bank-0123456789";
  private static final String ADMIN = "admin-token-0123456789";
  private static final String VIEWER = "viewer-token-0123456789";
  private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path root;
  private TestIssuer issuer;
  private CollectorServer server;

  @BeforeEach
  void start() throws IOException {
    issuer = TestIssuer.start();
    Files.writeString(
        root.resolve("tokens"),
        "agent "
            + SHARED
            + "\nagent "
            + OF_SHOP
            + " shop,orders\nagent "
            + OF_BANK
            + " bank\nadmin "
            + ADMIN
            + "\nviewer "
            + VIEWER
            + "\n");
    start(true);
  }

  private void start(boolean sharedToken) throws IOException {
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("data"))
                .tokens(root.resolve("tokens"))
                .agents(
                    new AgentAccess(
                        List.of(new AgentIssuer(issuer.url(), null, null, null, null)),
                        null,
                        sharedToken,
                        4L << 20))
                .config(),
            Wiring::open,
            message -> {});
  }

  @AfterEach
  void stop() {
    server.stop();
    issuer.close();
  }

  private Caller as(String token) {
    return new HttpCaller(server.url(), token);
  }

  private RawChannel channel(String token) throws IOException {
    return RawChannel.open(server.url(), token, InetAddress.getLoopbackAddress());
  }

  private String metric(String name) {
    return as(ADMIN)
        .call("GET", "/metrics", Map.of(), new byte[0])
        .text()
        .lines()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .orElse(name + " is missing");
  }

  private String get(String path) {
    return as(ADMIN).call("GET", path, Map.of(), new byte[0]).text();
  }

  /** Each route of agents, by each identity, on an upload that the pod web-1 began. */
  @Test
  void routes_byIdentity() {
    String own = issuer.token("shop", "web", "web-1");
    FakeAgent agent = new FakeAgent();
    String location = agent.create(as(own), "a.txt", CONTENT.length).header("Location");
    Instant now = Instant.now();

    Map<String, String> tokens = new LinkedHashMap<>();
    tokens.put("own", own);
    tokens.put("own, renewed", issuer.token("shop", "web", "web-1"));
    tokens.put("other pod of the account", issuer.token("shop", "web", "web-2"));
    tokens.put("other namespace", issuer.token("bank", "web", "web-1b"));
    tokens.put("enrolment token", OF_SHOP);
    tokens.put("shared token", SHARED);
    tokens.put("admin", ADMIN);
    tokens.put("viewer", VIEWER);
    tokens.put("unknown", "no-such-token-0123456789");
    tokens.put(
        "expired",
        TestIssuer.signed(
            issuer.claims("shop", "web", "web-1", now.minusSeconds(7200)).build(),
            issuer.key("k1")));
    tokens.put(
        "wrong audience",
        TestIssuer.signed(
            issuer.claims("shop", "web", "web-1", now).audience("api").build(), issuer.key("k1")));
    tokens.put(
        "other issuer",
        TestIssuer.signed(
            issuer.claims("shop", "web", "web-1", now).issuer("https://else.example").build(),
            issuer.key("k1")));
    tokens.put(
        "unsigned", new PlainJWT(issuer.claims("shop", "web", "web-1", now).build()).serialize());

    List<String> table = new ArrayList<>();
    tokens.forEach(
        (who, token) -> {
          Caller caller = as(token);
          Map<String, String> tus = Map.of("Tus-Resumable", "1.0.0");
          table.add(
              String.join(
                  " ",
                  who + ":",
                  "" + caller.call("OPTIONS", "/agent/v1/uploads", tus, new byte[0]).status(),
                  "" + agent.create(caller, "b.txt", CONTENT.length).status(),
                  "" + FakeAgent.head(caller, location).status(),
                  "" + FakeAgent.patch(caller, location, 99, CONTENT).status(),
                  "" + caller.call("DELETE", "/agent/v1/uploads/x", tus, new byte[0]).status(),
                  who.startsWith("own")
                      ? "-"
                      : "" + caller.call("DELETE", location, tus, new byte[0]).status(),
                  "" + caller.call("GET", "/agent/v1/channel", Map.of(), new byte[0]).status()));
        });

    // 409: the offset is wrong, which only its owner gets to know; 426: no WebSocket was asked for
    assertThat(table)
        .containsExactly(
            "own: 204 201 200 409 404 - 426",
            "own, renewed: 204 200 200 409 404 - 426",
            "other pod of the account: 204 403 403 403 404 403 426",
            "other namespace: 204 403 403 403 404 403 426",
            "enrolment token: 204 403 403 403 404 403 426",
            "shared token: 204 403 403 403 404 403 426",
            "admin: 403 403 403 403 403 403 403",
            "viewer: 403 403 403 403 403 403 403",
            "unknown: 401 401 401 401 401 401 401",
            "expired: 401 401 401 401 401 401 401",
            "wrong audience: 401 401 401 401 401 401 401",
            "other issuer: 401 401 401 401 401 401 401",
            "unsigned: 401 401 401 401 401 401 401");
    assertThat(FakeAgent.patch(as(own), location, 0, CONTENT).status()).isEqualTo(204);
    assertThat(metric("whorl_agent_identity_refused_total{reason=\"foreign\"}")).endsWith(" 16");
    assertThat(metric("whorl_agent_identity_refused_total{reason=\"expired\"}")).endsWith(" 7");
  }

  @Test
  void refusal_saysWhy() {
    Answer answer =
        new FakeAgent()
            .create(
                as(
                    TestIssuer.signed(
                        issuer.claims("shop", "web", "web-1", Instant.now()).audience("x").build(),
                        issuer.key("k1"))),
                "a.txt",
                1);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text())
        .contains("this token is refused: its audience is x")
        .contains("use a projected token with audience: whorl");
  }

  @Test
  void compromisedPod_cannotTouchTheEvidenceOfAnother_whoseUploadGoesOn() throws Exception {
    Caller victim = as(issuer.token("bank", "teller", "teller-1"));
    Caller thief = as(issuer.token("shop", "web", "web-1"));
    FakeAgent agent = new FakeAgent().with("a.txt", CONTENT).with("b.txt", CONTENT).seal();
    try (RawChannel channel = channel(issuer.token("bank", "teller", "teller-1"))) {
      channel.hello(agent.identity(), agent.key);
      String location = agent.create(victim, "a.txt", CONTENT.length).header("Location");

      // knows every id of the victim, and has a token of its own
      assertThat(agent.ship(thief, "b.txt", CONTENT).status()).isEqualTo(403);
      assertThat(FakeAgent.patch(thief, location, 0, CONTENT).status()).isEqualTo(403);
      FakeAgent other =
          new FakeAgent(agent.key) // another agent id for the same evidence
              .with("b.txt", CONTENT);
      assertThat(
              thief
                  .call(
                      "POST",
                      "/agent/v1/uploads",
                      Map.of(
                          "Tus-Resumable",
                          "1.0.0",
                          "Upload-Length",
                          "1",
                          "Upload-Metadata",
                          agent
                              .metadata("b.txt")
                              .replace(
                                  FakeAgent.pair("agent", agent.id.value()),
                                  FakeAgent.pair("agent", other.id.value()))),
                      new byte[0])
                  .status())
          .isEqualTo(409);

      assertThat(agent.shipAll(victim).status()).isEqualTo(204);
    }
    assertThat(get("/api/v1/evidence/" + agent.evidence))
        .contains("\"sealed\"")
        .contains("\"service-account\"")
        .contains("teller-1");
    assertThat(get("/api/v1/evidence/" + agent.evidence + "/verify")).contains("\"verified\":true");
    await().until(() -> get("/api/v1/alerts").contains("collector.agent-second-speaker"));
    assertThat(get("/api/v1/alerts")).contains("shop/web-1");
    assertThat(get("/api/v1/custody?evidence=" + agent.evidence)).contains("bank/teller-1");
  }

  @Test
  void tokenThatIsRemoved_endsItsChannels_andNoOthers() throws Exception {
    FakeAgent agent = new FakeAgent();
    FakeAgent other = new FakeAgent();
    try (RawChannel removed = channel(SHARED);
        RawChannel kept = channel(OF_SHOP)) {
      removed.hello(agent.identity(), agent.key);
      kept.hello(other.identity(), other.key);
      Path tokens = root.resolve("tokens");
      Files.writeString(tokens, Files.readString(tokens).replace("agent " + SHARED + "\n", ""));

      await().until(() -> removed.next() == null);
      kept.say(new AgentMessage.AlertRaised(alert(), null, List.of(), null));
      await().until(() -> kept.next() instanceof CollectorMessage.AlertVerdict);
    }
    assertThat(metric("whorl_http_closed_total{reason=\"removed-token\"}")).endsWith(" 1");
    assertThatThrownBy(() -> channel(SHARED)).hasMessageContaining("401");
  }

  @Test
  void compromisedPod_cannotSpeakAsAnother() throws Exception {
    FakeAgent agent = new FakeAgent();
    String token = issuer.token("bank", "teller", "teller-1");
    try (RawChannel channel = channel(token)) {
      channel.hello(agent.identity(), agent.key);
      for (SigningKey key :
          List.of(agent.key, Objects.requireNonNull(SigningKey.generate()))) { // even with its key
        try (RawChannel thief = channel(issuer.token("shop", "web", "web-1"))) {
          assertThatThrownBy(() -> thief.hello(agent.identity(), key))
              .hasMessageContaining("no welcome");
        }
      }
      try (RawChannel thief = channel(SHARED)) {
        assertThatThrownBy(() -> thief.hello(agent.identity(), agent.key))
            .hasMessageContaining("no welcome");
      }
      channel.say(new AgentMessage.AlertRaised(alert(), null, List.of(), null));
      assertThat(channel.next()).isInstanceOf(CollectorMessage.AlertVerdict.class);
    }
    assertThat(metric("whorl_agent_identity_refused_total{reason=\"foreign\"}")).endsWith(" 3");
    await().until(() -> get("/api/v1/alerts").contains("collector.agent-second-speaker"));
  }

  private static Alert alert() {
    return new FakeAgent().alert();
  }

  @Test
  void proofOfAPod_replacesWhatItsAgentSays() throws Exception {
    FakeAgent agent = new FakeAgent(); // says that it is shop-1 in the namespace default
    try (RawChannel channel = channel(issuer.token("bank", "teller", "teller-1"))) {
      channel.hello(agent.identity(), agent.key);
      assertThat(get("/api/v1/agents?namespace=default")).doesNotContain(agent.id.value());
      assertThat(get("/api/v1/agents?namespace=bank&pod=uid-of-teller-1"))
          .contains(agent.id.value())
          .contains("\"pod\":\"teller-1\"")
          .contains("\"proof\":\"service-account\"")
          .contains("\"serviceAccount\":\"teller\"");
      channel.say(new AgentMessage.AlertRaised(agent.alert(), null, List.of(), null));
      assertThat(channel.next()).isInstanceOf(CollectorMessage.AlertVerdict.class);
      assertThat(get("/api/v1/alerts")).contains("\"bank\"").doesNotContain("\"default\"");
      assertThat(metric("whorl_agents_connected_by_proof{proof=\"service-account\"}"))
          .endsWith(" 1");
    }
    assertThat(metric("whorl_agent_claims_corrected_total")).endsWith(" 1");
  }

  @Test
  void floodOfOnePod_leavesSlotsToOthers() {
    Caller flood = as(issuer.token("shop", "web", "web-1"));
    int taken = 0;
    for (int i = 0; i < 40; i++) {
      taken += new FakeAgent().create(flood, "a.txt", CONTENT.length).status() == 201 ? 1 : 0;
    }
    assertThat(taken).as("an eighth of 32").isEqualTo(4);
    for (int pod = 0; pod < 6; pod++) {
      FakeAgent other = new FakeAgent().with("a.txt", CONTENT).seal();
      Caller caller = as(issuer.token("bank", "teller", "teller-" + pod));
      assertThat(other.shipAll(caller).status()).isEqualTo(204);
    }
  }

  @Test
  void podThatSentItsShareOfTheDay_hasToWait_andOthersGoOn() {
    byte[] large = new byte[600 << 10];
    Caller flood = as(issuer.token("shop", "web", "web-1"));
    FakeAgent first = new FakeAgent();
    assertThat(first.ship(flood, "a.bin", large).status()).isEqualTo(204);
    Answer refused = first.ship(flood, "b.bin", large);
    assertThat(refused.status()).as("it has 1 of 4 MiB").isEqualTo(507);
    assertThat(refused.text()).contains("it has sent 1 MiB within a day, its share");
    assertThat(
            new FakeAgent().ship(as(issuer.token("shop", "web", "web-2")), "a.bin", large).status())
        .isEqualTo(204);
    assertThat(new FakeAgent().ship(as(SHARED), "a.bin", large).status()).isEqualTo(204);
    assertThat(metric("whorl_agent_uploads_over_budget_total")).endsWith(" 1");
  }

  @Test
  void enrolmentToken_isOfItsServicesOnly() throws Exception {
    FakeAgent agent = new FakeAgent().with("a.txt", CONTENT).seal();
    try (RawChannel channel = channel(OF_SHOP)) {
      channel.hello(agent.identity(), agent.key);
    }
    assertThat(agent.shipAll(as(OF_SHOP)).status()).isEqualTo(204);

    FakeAgent liar = new FakeAgent().with("a.txt", CONTENT); // of the shop, as it says
    try (RawChannel channel = channel(OF_BANK)) {
      assertThatThrownBy(() -> channel.hello(liar.identity(), liar.key))
          .hasMessageContaining("no welcome");
    }
    Answer answer = liar.seal().shipAll(as(OF_BANK));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("the agent's token is for services bank");
    assertThat(metric("whorl_agent_identity_refused_total{reason=\"service\"}")).endsWith(" 1");
  }

  @Test
  void agentOfTheSharedToken_isNotTakenOverByAProvedIdentity() throws Exception {
    FakeAgent agent = new FakeAgent();
    try (RawChannel channel = channel(SHARED)) {
      channel.hello(agent.identity(), agent.key);
      Caller thief = as(issuer.token("shop", "web", "web-1"));
      assertThat(agent.create(thief, "a.txt", 1).status()).isEqualTo(403);
      assertThat(agent.create(as(SHARED), "a.txt", 1).status()).isEqualTo(201);
    }
  }

  @Test
  void sharedTokenTurnedOff_isRefusedAndSaysWhatToUse() throws Exception {
    server.stop();
    start(false);
    Answer answer = new FakeAgent().create(as(SHARED), "a.txt", 1);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).contains("--no-shared-agent-token");
    assertThatThrownBy(() -> channel(SHARED)).hasMessageContaining("403");
    assertThat(new FakeAgent().create(as(OF_SHOP), "a.txt", 1).status()).isEqualTo(201);
    assertThat(metric("whorl_agent_identity_refused_total{reason=\"shared-token\"}"))
        .endsWith(" 2");
  }

  @Test
  void ownerOutlivesARestart() throws Exception {
    FakeAgent agent = new FakeAgent();
    agent.create(as(issuer.token("bank", "teller", "teller-1")), "a.txt", 1);
    server.stop();
    start(true);
    assertThat(agent.create(as(issuer.token("shop", "web", "web-1")), "a.txt", 1).status())
        .isEqualTo(403);
    assertThat(agent.create(as(issuer.token("bank", "teller", "teller-1")), "a.txt", 1).status())
        .isEqualTo(200);
  }

  @Test
  void keyGone_endsItsTokens() throws Exception {
    String token = issuer.token("shop", "web", "web-1");
    FakeAgent agent = new FakeAgent();
    assertThat(agent.create(as(token), "a.txt", 1).status()).isEqualTo(201);
    issuer.addEcKey("k2");
    String renewed =
        TestIssuer.signed(
            issuer.claims("shop", "web", "web-1", Instant.now()).build(), issuer.key("k2"));
    // a token with a new key makes the collector read the keys again, ten seconds apart at least
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> agent.create(as(renewed), "a.txt", 1).status() == 200);
    assertThat(agent.create(as(token), "a.txt", 1).status()).isEqualTo(200);
  }
}
