package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.Shipper;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.collector.testkit.AgentDrafts;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.RawChannel;
import whorl.collector.testkit.TestConfig;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** The agent's own shipper and a whole collector: the chain from one to the other. */
@Timeout(120)
class ChainToCollectorTest {
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir private Path root;
  private final Id agent = Id.next(CLOCK);
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());
  private CollectorServer server;
  private Spool spool;

  @BeforeEach
  void start() throws IOException {
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("data")).config(), Wiring::open, message -> {});
    spool =
        Spool.inFolder(
            root.resolve("spool"),
            new SpoolOwner(agent, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    spool.close();
  }

  @Test
  void journalAndManifest_areOneChain_thatTheGoodbyeConfirms_andVerifyNames() throws Exception {
    Shipper shipper = shipper(key);
    shipper.start();
    await().until(() -> shipper.status().connected());
    shipper.journal(line(1));
    Id evidence = seal(shipper, null);
    shipper.journal(line(2));
    await().until(() -> spool.waiting() == 0);
    await().until(() -> journal().get("events").size() == 2);
    shipper.close(Duration.ofSeconds(5));

    await().until(() -> !shown().get("connected").asBoolean());
    JsonNode chain = shown().get("chain");
    assertThat(chain.get("state").asText()).isEqualTo("ok");
    assertThat(chain.get("sequence").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(chain.get("confirmed")).isEqualTo(chain.get("sequence"));
    assertThat(journal().get("chain")).isEqualTo(chain);
    JsonNode report = get("/api/v1/evidence/" + evidence + "/verify");
    assertThat(report.get("problems")).isEmpty();
    assertThat(report.get("notes").toString()).contains("as the agent announced on its channel");
    assertThat(alerts()).isEmpty();
  }

  @Test
  void manifestOfAnotherPlaceInTheChain_isNamedByVerifyAndAnAlert() throws Exception {
    Shipper shipper = shipper(key);
    shipper.start();
    await().until(() -> shipper.status().connected());
    Id evidence = seal(shipper, new ChainHead(1, Digest.of(new byte[] {1})));
    await().until(() -> spool.waiting() == 0);

    JsonNode report = get("/api/v1/evidence/" + evidence + "/verify");
    assertThat(report.get("verified").asBoolean()).isFalse();
    assertThat(report.get("problems").toString()).contains("announced it with message 1");
    await().until(() -> alerts().contains("collector.agent-chain-fork"));
    shipper.close(Duration.ofSeconds(5));
  }

  @Test
  void anotherClientWithTheToken_thatSpeaksAsAnAgentWithoutAKey_isNamed() throws Exception {
    Shipper shipper = shipper(null);
    shipper.start();
    await().until(() -> shipper.status().connected());
    shipper.journal(line(1));
    await().until(() -> journal().get("events").size() == 1);

    try (RawChannel thief =
        RawChannel.open(server.url(), token("agent"), InetAddress.getLoopbackAddress())) {
      thief.say(new AgentMessage.Hello(identity(), null, Map.of(), ChainHead.start(agent)));
      assertThat(thief.next()).isInstanceOf(CollectorMessage.Welcome.class);
      await().until(() -> alerts().contains("collector.agent-second-speaker"));
    }
    assertThat(shown().get("chain").get("state").asText()).isEqualTo("second-speaker");
    shipper.close(Duration.ofSeconds(5));
  }

  private JsonNode shown() throws IOException {
    return get("/api/v1/agents").get("agents").get(0);
  }

  private JsonNode journal() throws IOException {
    return get("/api/v1/agents/" + agent + "/journal");
  }

  private List<String> alerts() throws IOException {
    return get("/api/v1/alerts").findValuesAsText("rule");
  }

  private JsonNode get(String path) throws IOException {
    return new HttpCaller(server.url(), token("viewer"))
        .call("GET", path, Map.of(), new byte[0])
        .json();
  }

  private static EventLine line(long sequence) {
    return new EventLine(
        sequence, Instant.now(), "whorl.FileDelete", Map.of("path", "/tmp/x"), "main", List.of());
  }

  private Shipper shipper(@Nullable SigningKey signing) throws IOException {
    return new Shipper(
        new AgentConfig.Collector(
            URI.create(server.url()), new Secret(token("agent")), null, null, null, null),
        null,
        new AgentSelf(identity(), signing, Map::of, Map::of, () -> null),
        new Redactor(List.of()),
        spool,
        request -> {},
        Thread::new,
        CLOCK);
  }

  private AgentIdentity identity() {
    return new AgentIdentity(
        agent, "shop", null, Map.of(), null, null, null, null, 1, "a JVM", "0.1.0");
  }

  /**
   * Seals evidence as a capture does.
   *
   * @param instead the position that the manifest names instead of its own
   */
  private Id seal(Shipper shipper, @Nullable ChainHead instead) throws IOException {
    Id evidence = Id.next(CLOCK);
    Id capture = Id.next(CLOCK);
    Draft draft = spool.begin(evidence, capture);
    AgentDrafts.put(draft, "threads.txt", "main".getBytes(StandardCharsets.UTF_8));
    ChainHead position = shipper.sealing(capture, evidence);
    AgentDrafts.seal(
        draft, evidence, capture, identity(), key, null, instead == null ? position : instead);
    return evidence;
  }

  private String token(String role) throws IOException {
    return Files.readAllLines(root.resolve("data/tokens")).stream()
        .filter(line -> line.startsWith(role + " "))
        .map(line -> line.substring(role.length() + 1))
        .findFirst()
        .orElseThrow();
  }
}
