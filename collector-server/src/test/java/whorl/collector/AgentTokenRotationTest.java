package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.Shipper;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.collector.config.AgentAccess;
import whorl.collector.config.AgentIssuer;
import whorl.collector.testkit.AgentDrafts;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestIssuer;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.SigningKey;

/**
 * The agent's own shipper with a projected token, and a collector whose issuer rotates its keys.
 */
@Timeout(120)
class AgentTokenRotationTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Duration LIMIT = Duration.ofSeconds(50);
  private static final String ADMIN = "admin-token-0123456789";

  @TempDir private Path root;
  private final Id agent = Id.next(CLOCK);
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());
  private TestIssuer issuer;
  private CollectorServer server;
  private Spool spool;

  @BeforeEach
  void start() throws IOException {
    issuer = TestIssuer.start();
    Files.writeString(root.resolve("tokens"), "admin " + ADMIN + "\n");
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("data"))
                .tokens(root.resolve("tokens"))
                .agents(
                    new AgentAccess(
                        List.of(new AgentIssuer(issuer.url(), null, null, null, null)),
                        null,
                        false,
                        null))
                .config(),
            Wiring::open,
            message -> {});
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
    issuer.close();
  }

  @Test
  void renewedTokenOfARenewedKey_isUsedAtOnce_andTheEvidenceIsOfThePod() throws Exception {
    Path file = Files.writeString(root.resolve("token"), issuer.token("shop", "web", "web-1"));
    Shipper shipper =
        new Shipper(
            new AgentConfig.Collector(URI.create(server.url()), null, file, null, null, null),
            null,
            new AgentSelf(identity(), key, Map::of, Map::of, () -> null),
            new Redactor(List.of()),
            spool,
            request -> {},
            Thread::new,
            CLOCK);
    shipper.start();
    await().atMost(LIMIT).until(() -> shipper.status().connected());
    Id before = seal(shipper);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(spool.waiting()).as("%s", shipper.status()).isZero());

    issuer.addEcKey("k2");
    issuer.removeKey("k1");
    Files.writeString(
        file,
        TestIssuer.signed(
            issuer.claims("shop", "web", "web-1", Instant.now()).build(), issuer.key("k2")));
    Id after = seal(shipper);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(spool.waiting()).as("%s", shipper.status()).isZero());

    for (Id evidence : List.of(before, after)) {
      JsonNode shown = get("/api/v1/evidence/" + evidence);
      assertThat(shown.at("/state").asText()).isEqualTo("sealed");
      assertThat(shown.at("/owner/pod").asText()).isEqualTo("web-1");
      assertThat(get("/api/v1/evidence/" + evidence + "/verify").at("/verified").asBoolean())
          .isTrue();
    }
    JsonNode listed = get("/api/v1/agents").at("/agents/0");
    assertThat(listed.at("/namespace").asText()).isEqualTo("shop");
    assertThat(listed.at("/owner/serviceAccount").asText()).isEqualTo("web");
    shipper.close(Duration.ofSeconds(5));
  }

  private JsonNode get(String path) {
    return new HttpCaller(server.url(), ADMIN).call("GET", path, Map.of(), new byte[0]).json();
  }

  private AgentIdentity identity() {
    return new AgentIdentity(
        agent, "shop", null, Map.of(), null, null, null, null, 1, "a JVM", "0.1.0");
  }

  /** Seals evidence as a capture does. */
  private Id seal(Shipper shipper) throws IOException {
    Id evidence = Id.next(CLOCK);
    Id capture = Id.next(CLOCK);
    Draft draft = spool.begin(evidence, capture);
    AgentDrafts.put(draft, "threads.txt", "main".getBytes(StandardCharsets.UTF_8));
    AgentDrafts.seal(
        draft, evidence, capture, identity(), key, null, shipper.sealing(capture, evidence));
    return evidence;
  }
}
