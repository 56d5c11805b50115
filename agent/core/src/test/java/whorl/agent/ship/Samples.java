package whorl.agent.ship;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.Draft;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentCosts;

/** Sample data for the tests of this package. */
public final class Samples {
  static final AgentCosts COSTS =
      new AgentCosts(10.0, 0.5, null, 0.01, 127L, 2L, 3L, Map.of("events", 1_024L));

  public static final Id AGENT = new Id("agent-of-this-jvm");
  static final Timeouts FAST =
      new Timeouts(
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofMillis(300),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofMillis(20),
          Duration.ofMillis(300));

  static final @Nullable SigningKey KEY = SigningKey.generate();

  private Samples() {}

  public static Id id() {
    return Id.next(InstantSource.system());
  }

  static AgentSelf agentSelf() {
    AgentIdentity identity =
        new AgentIdentity(
            AGENT, "shop", null, Map.of(), null, null, null, null, 1, "a JVM", "0.1.0");
    return new AgentSelf(
        identity, KEY, () -> Map.of("jfr", true), () -> Map.of("lost", 1L), () -> COSTS);
  }

  public static AgentConfig.Collector collector(@Nullable URI url) {
    return new AgentConfig.Collector(url, new Secret(FakeCollector.TOKEN), null, null, null, null);
  }

  public static AgentConfig.Collector tls(
      URI url, @Nullable Path ca, @Nullable Path cert, @Nullable Path key) {
    return new AgentConfig.Collector(url, new Secret(FakeCollector.TOKEN), null, ca, cert, key);
  }

  public static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  public static void put(Draft draft, String name, byte[] content) throws IOException {
    try (OutputStream out = draft.create(new ArtifactName(name), "application/octet-stream")) {
      out.write(content);
    }
  }

  /** Adds a manifest, here a plain list of names, and an envelope, and commits. */
  static void seal(Draft draft) throws IOException {
    String names =
        draft.artifacts().stream()
            .map(Artifact::name)
            .map(ArtifactName::value)
            .collect(Collectors.joining("\n"));
    put(draft, "manifest.json", names.getBytes(StandardCharsets.UTF_8));
    put(draft, "manifest.dsse.json", "{}".getBytes(StandardCharsets.UTF_8));
    draft.commit();
  }

  static EventLine line(long sequence) {
    return new EventLine(
        sequence,
        Instant.EPOCH,
        "whorl.FileOpen",
        Map.of("path", "/etc/shadow"),
        "main",
        List.of());
  }

  static Alert alert() {
    return new Alert(
        id(),
        "whorl",
        Instant.EPOCH,
        "rule",
        Level.HIGH,
        "title",
        null,
        List.of(),
        Map.of(),
        null,
        List.of());
  }
}
