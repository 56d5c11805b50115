package whorl.collector.page;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.Shipper;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.SigningKey;
import whorl.evidence.Statement;
import whorl.evidence.channel.AgentCosts;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

/** An agent with the real shipping code, whose application is an {@link AttackedShop}. */
final class ScriptedAgent implements AutoCloseable {
  private static final InstantSource CLOCK = InstantSource.system();

  final Id id = Id.next(CLOCK);
  private final Path folder;
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());
  private final Spool spool;
  private final Shipper shipper;
  private final AttackedShop shop;
  private final ExecutorService captures = Executors.newSingleThreadExecutor();

  ScriptedAgent(String collector, String token, Path folder) throws IOException {
    this(collector, token, folder, new AttackedShop(CLOCK.instant()));
  }

  ScriptedAgent(String collector, String token, Path folder, AttackedShop shop) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.shop = shop;
    spool =
        Spool.inFolder(
            folder.resolve("spool"),
            new SpoolOwner(id, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    shipper =
        new Shipper(
            new AgentConfig.Collector(
                URI.create(collector), new Secret(token), null, null, null, null),
            null,
            new AgentSelf(
                identity(),
                key,
                () -> Map.of("jdk.jfr", true, "attach", false, "rules", 83, "probes", "on-request"),
                () -> Map.of("journal.dropped-lines", 3L),
                ScriptedAgent::costs),
            new Redactor(List.of()),
            spool,
            request -> captures.execute(() -> capture(request)),
            Thread::new,
            CLOCK);
    shipper.start();
  }

  private static AgentCosts costs() {
    return new AgentCosts(
        100.0,
        1.5,
        0.5,
        0.25,
        12_700L,
        900L,
        100L,
        Map.of("events", 3L << 20, "console", 1L << 20));
  }

  boolean isConnected() {
    return shipper.status().connected();
  }

  /** Raises an alert and captures. The collector seals the evidence when it has arrived. */
  Id raise() throws IOException {
    Alert alert = shop.alert(Id.next(CLOCK));
    Id capture = Id.next(CLOCK);
    Id evidence = Id.next(CLOCK);
    shop.events().stream().filter(each -> each.sequence() % 20 == 0).forEach(shipper::journal);
    shipper.raise(new AgentMessage.AlertRaised(alert, capture, shop.events().subList(400, 409)));
    seal(evidence, capture, alert, alert.title());
    return evidence;
  }

  private void capture(CollectorMessage.StartCapture request) {
    Id evidence = Id.next(CLOCK);
    shipper.progress(
        new AgentMessage.CaptureProgress(
            request.capture(), evidence, CaptureState.RUNNING, 0, 0, null));
    try {
      seal(evidence, request.capture(), null, request.reason());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void seal(Id evidence, Id capture, @Nullable Alert alert, String reason)
      throws IOException {
    Instant begun = CLOCK.instant();
    Draft draft = spool.begin(evidence, capture);
    for (Map.Entry<String, byte[]> artifact : shop.artifacts(folder).entrySet()) {
      put(draft, artifact.getKey(), artifact.getValue());
    }
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            evidence,
            capture,
            identity(),
            alert,
            reason,
            begun,
            CLOCK.instant(),
            key.publicKey(),
            draft.artifacts(),
            List.of(new Missing("histogram", "the JVM was busy")),
            Map.of(),
            null,
            null,
            null);
    byte[] json = Json.bytes(manifest);
    put(draft, ArtifactName.MANIFEST.value(), json);
    byte[] statement = Json.bytes(Statement.of(manifest, Digest.of(json)));
    put(draft, ArtifactName.ENVELOPE.value(), Json.bytes(key.sign(statement)));
    draft.commit();
  }

  private static void put(Draft draft, String name, byte[] content) throws IOException {
    String type = name.endsWith(".jfr") ? "application/x-jfr" : "application/octet-stream";
    try (OutputStream out = draft.create(new ArtifactName(name), type)) {
      out.write(content);
    }
  }

  private AgentIdentity identity() {
    return new AgentIdentity(
        id,
        "shop",
        "default",
        Map.of("team", "checkout"),
        "shop-6d5f9c-x2x",
        null,
        null,
        "node-1",
        1,
        "OpenJDK 64-Bit Server VM 21.0.5",
        "0.1.0");
  }

  @Override
  public void close() {
    captures.shutdownNow();
    shipper.close(Duration.ofSeconds(2));
  }
}
