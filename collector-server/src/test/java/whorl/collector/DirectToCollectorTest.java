package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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
import whorl.agent.ship.direct.DirectUpload;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.agent.ship.tus.DirectTarget;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.AgentDrafts;
import whorl.collector.testkit.TestConfig;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.CaptureState;

/** The agent's direct upload, without the spool, and a whole collector. */
@Timeout(120)
class DirectToCollectorTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final int MIB = 1 << 20;
  private static final ArtifactName HEAP = new ArtifactName("heap.hprof.gz");

  @TempDir private Path root;
  private final Id agent = Id.next(CLOCK);
  private final Id evidence = Id.next(CLOCK);
  private final Id capture = Id.next(CLOCK);
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());
  private final MessageDigest written = Digest.newSha256();
  private CollectorServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("data")).config(), Wiring::open, line -> {});
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void heapFirst_thenTheRestFromTheSpool_areSealedAndVerifiedTogether() throws Exception {
    Artifact heap;
    try (DirectUpload upload = open(server.url())) {
      assertThat(upload.measuredBytesPerSecond()).isPositive();
      write(upload.stream(), 40 * MIB);
      heap = upload.finish();
    }
    assertThat(heap.sha256()).isEqualTo(Digest.of(written));
    Spool spool =
        Spool.inFolder(
            root.resolve("spool"),
            new SpoolOwner(agent, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    seal(spool, heap);
    Shipper shipper = shipper(spool);

    shipper.start();
    await().atMost(Duration.ofSeconds(60)).until(() -> spool.waiting() == 0);
    shipper.close(Duration.ofSeconds(2));

    EvidenceRecord record =
        EvidenceRecord.parse(
            Files.readAllBytes(root.resolve("data/evidence").resolve(evidence + "/evidence.json")));
    assertThat(record.state()).isEqualTo(CaptureState.SEALED);
    assertThat(record.signature().verified()).isTrue();
    assertThat(record.artifacts())
        .anyMatch(stored -> stored.name().equals(HEAP) && stored.sha256().equals(heap.sha256()));
    server.stop();
    assertThat(new OfflineVerifier(CLOCK).verify(root.resolve("data")).problems()).isEmpty();
  }

  @Test
  void connectionBrokenRepeatedlyWithinChunks_resumes() throws Exception {
    try (CuttingProxy proxy = CuttingProxy.start(URI.create(server.url()).getPort());
        DirectUpload upload = open(proxy.url())) {
      for (int i = 0; i < 5; i++) {
        // not a whole number of chunks
        proxy.cutAfter(1_700_000);
        write(upload.stream(), 6 * MIB);
        await().until(proxy::hasCut);
      }

      Artifact heap = upload.finish();

      assertThat(heap.sha256()).isEqualTo(Digest.of(written));
      assertThat(heap.size()).isEqualTo(30L * MIB);
      assertThat(uploads()).hasSize(1);
      String content = uploads().get(0) + "." + heap.sha256().hex();
      assertThat(root.resolve("data/incoming").resolve(content)).hasSize(30L * MIB);
    }
  }

  @Test
  void closedUnfinished_leavesNothing() throws Exception {
    try (DirectUpload upload = open(server.url())) {
      upload.measuredBytesPerSecond();
      assertThat(uploads()).as("nothing of the probe").hasSize(1);
      write(upload.stream(), 5 * MIB);
      await().until(() -> upload.acknowledgedBytes() > 0);
    }

    await().untilAsserted(() -> assertThat(uploads()).isEmpty());
  }

  private DirectUpload open(String url) throws Exception {
    DirectTarget target =
        new DirectTarget(collector(url), agent, capture, evidence, HEAP, "application/gzip");
    return DirectUpload.open(target, DirectUpload.Limits.STANDARD, Thread::new);
  }

  private void write(OutputStream out, int bytes) throws IOException {
    byte[] piece = new byte[10_000];
    SplittableRandom random = new SplittableRandom(bytes);
    for (int at = 0; at < bytes; at += piece.length) {
      random.nextBytes(piece);
      int length = Math.min(piece.length, bytes - at);
      out.write(piece, 0, length);
      written.update(piece, 0, length);
    }
  }

  /** The folders of unsealed uploads. */
  /** The ids of unsealed uploads; the names of all files of an upload begin with its id. */
  private List<String> uploads() {
    try (Stream<Path> files = Files.list(root.resolve("data/incoming"))) {
      return files.map(file -> file.getFileName().toString().split("\\.")[0]).distinct().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void seal(Spool spool, Artifact heap) throws IOException {
    Draft draft = spool.begin(evidence, capture);
    AgentDrafts.put(draft, "threads.txt", "main".getBytes());
    draft.arrived(heap);
    AgentDrafts.put(draft, "process.json", "{}".getBytes());
    AgentDrafts.seal(draft, evidence, capture, identity(), key, null, null);
  }

  private Shipper shipper(Spool spool) {
    return new Shipper(
        collector(server.url()),
        null,
        new AgentSelf(identity(), key, Map::of, Map::of, () -> null),
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

  private AgentConfig.Collector collector(String url) {
    return new AgentConfig.Collector(URI.create(url), new Secret(token()), null, null, null, null);
  }

  private String token() {
    try {
      return Files.readAllLines(root.resolve("data/tokens")).stream()
          .filter(line -> line.startsWith("agent "))
          .map(line -> line.substring("agent ".length()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
