package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.PartsChangedException;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.Faults;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.channel.CaptureState;

/** What a collector writes that stood still, after another has taken its upload over. */
abstract class LateWritesContract {
  @TempDir Path root;
  private final Random random = new Random(11);

  private final int part = partBytes();

  /** The size of a part. */
  abstract int partBytes();

  abstract ObjectStore objects(Path folder) throws Exception;

  private interface Scenario {
    void run(SharedWorld world, SharedWorld.Collector slow, SharedWorld.Collector other)
        throws Exception;
  }

  private void with(Scenario scenario) throws Exception {
    SqliteDatabase database = SqliteDatabase.open(root.resolve("catalog.db"));
    try (database;
        SharedWorld world =
            new SharedWorld(
                root,
                () -> new DelegatingDatabase(database),
                objects(Files.createDirectory(root.resolve("objects"))),
                true,
                part,
                SharedWorld.LEASE);
        SharedWorld.Collector slow = world.open(Faults.none(), InstantSource.system());
        SharedWorld.Collector other = world.open()) {
      scenario.run(world, slow, other);
      other.uploads().cleanNow();
      world.awaitNoUploadObjects();
    }
  }

  private FakeAgent agent() {
    byte[] heap = new byte[3 * part + part / 3];
    random.nextBytes(heap);
    return new FakeAgent().with("threads.txt", "threads").with(Shipper.HEAP, heap).seal();
  }

  private static byte[] heapOf(FakeAgent agent) {
    return agent.artifacts.get(new ArtifactName(Shipper.HEAP));
  }

  /** Creates the upload, and has the slow collector acknowledge its first part. */
  private Shipper begun(FakeAgent agent, SharedWorld.Collector slow) {
    Shipper shipper = new Shipper(agent, part / 2);
    shipper.ship(slow.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
    shipper.locations.put(
        Shipper.HEAP, agent.createStreamed(slow.client, Shipper.HEAP).header("Location"));
    Answer first = shipper.patch(slow.client, Shipper.HEAP, heapOf(agent), 0, part);
    assertThat(first.status()).as(first.text()).isEqualTo(204);
    return shipper;
  }

  /** Sends other bytes than the agent's, so that they would show. */
  private Answer patchZeros(SharedWorld.Collector to, Shipper shipper, int end, boolean last) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("Tus-Resumable", "1.0.0");
    headers.put("Content-Type", "application/offset+octet-stream");
    headers.put("Upload-Offset", Integer.toString(part));
    if (last) {
      headers.put("Upload-Length", Integer.toString(end));
    }
    return to.client.call(
        "PATCH", shipper.locations.get(Shipper.HEAP), headers, new byte[end - part]);
  }

  /** The other takes the upload over, and acknowledges up to the end of the third part. */
  private void takeOver(FakeAgent agent, Shipper shipper, SharedWorld.Collector other) {
    byte[] heap = heapOf(agent);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> shipper.patch(other.client, Shipper.HEAP, heap, part, 2 * part).status() == 204);
    assertThat(shipper.patch(other.client, Shipper.HEAP, heap, 2 * part, 3 * part).status())
        .isEqualTo(204);
  }

  /** It is refused, or finds out that the object store has not what it wrote. */
  private static void assertFails(CompletableFuture<Answer> late) throws Exception {
    int status =
        late.exceptionally(failed -> new Answer(500, Map.of(), new byte[0]))
            .get(60, TimeUnit.SECONDS)
            .status();
    assertThat(status).isGreaterThanOrEqualTo(400);
  }

  private static void assertSealed(SharedWorld world, FakeAgent agent) throws Exception {
    EvidenceRecord record = world.record(agent.evidence);
    assertThat(record.state()).isEqualTo(CaptureState.SEALED);
    byte[] heap = heapOf(agent);
    assertThat(record.artifact(new ArtifactName(Shipper.HEAP)).sha256()).isEqualTo(Digest.of(heap));
    assertThat(world.content(Digest.of(heap))).isEqualTo(heap);
    assertThat(world.problems()).isEmpty();
  }

  @Test
  void partThatComesLate_changesNothing() throws Exception {
    with(
        (world, slow, other) -> {
          FakeAgent agent = agent();
          Shipper shipper = begun(agent, slow);
          slow.faults.holdBack("putPart");
          CompletableFuture<Answer> late =
              CompletableFuture.supplyAsync(
                  () -> patchZeros(slow, shipper, 2 * part + part / 2, false));
          slow.faults.awaitHeldBack();
          slow.stopRenewing();
          takeOver(agent, shipper, other);

          slow.faults.goOn();

          assertFails(late);
          shipper.ship(other.client);
          assertSealed(world, agent);
        });
  }

  @Test
  void completionThatComesLate_changesNothing() throws Exception {
    with(
        (world, slow, other) -> {
          FakeAgent agent = agent();
          Shipper shipper = begun(agent, slow);
          slow.faults.holdBack("completeParts");
          CompletableFuture<Answer> late =
              CompletableFuture.supplyAsync(
                  () -> patchZeros(slow, shipper, 2 * part + part / 2, true));
          slow.faults.awaitHeldBack();
          slow.stopRenewing();
          takeOver(agent, shipper, other);

          slow.faults.goOn();

          assertFails(late);
          shipper.ship(other.client);
          assertSealed(world, agent);
        });
  }

  @Test
  void completionJustBeforeTheTakeOver_countsUpToWhatWasAcknowledged() throws Exception {
    with(
        (world, slow, other) -> {
          FakeAgent agent = agent();
          Shipper shipper = begun(agent, slow);
          slow.faults.holdBack("copy");
          CompletableFuture<Answer> late =
              CompletableFuture.supplyAsync(
                  () -> patchZeros(slow, shipper, 2 * part + part / 2, true));
          slow.faults.awaitHeldBack();
          slow.stopRenewing();
          takeOver(agent, shipper, other);

          slow.faults.goOn();

          assertFails(late);
          shipper.ship(other.client);
          assertSealed(world, agent);
        });
  }

  @Test
  void takenOverToBeSealedPartial_hasWhatWasAcknowledged() throws Exception {
    with(
        (world, slow, other) -> {
          FakeAgent agent = agent();
          Shipper shipper = begun(agent, slow);
          byte[] heap = heapOf(agent);
          int acknowledged = part + part / 3;
          shipper.patch(slow.client, Shipper.HEAP, heap, part, acknowledged);
          slow.faults.holdBack("putPart");
          CompletableFuture<Answer> late =
              CompletableFuture.supplyAsync(
                  () -> shipper.patch(slow.client, Shipper.HEAP, heap, acknowledged, heap.length));
          slow.faults.awaitHeldBack();
          slow.stopRenewing();

          await().atMost(Duration.ofSeconds(20)).until(() -> other.expired(agent.evidence));

          slow.faults.goOn();
          assertFails(late);
          EvidenceRecord record = world.record(agent.evidence);
          assertThat(record.state()).isEqualTo(CaptureState.PARTIAL);
          byte[] kept = Arrays.copyOf(heap, acknowledged);
          assertThat(record.artifact(new ArtifactName(Shipper.HEAP + ".part")).sha256())
              .isEqualTo(Digest.of(kept));
          assertThat(world.content(Digest.of(kept))).isEqualTo(kept);
        });
  }

  @Test
  void latePartWithTheNumberOfTheLastOne_leavesNothingOutOfPartialEvidence() throws Exception {
    with(
        (world, slow, other) -> {
          FakeAgent agent = agent();
          Shipper shipper = begun(agent, slow);
          byte[] heap = heapOf(agent);
          int acknowledged = part + part / 3;
          shipper.patch(slow.client, Shipper.HEAP, heap, part, acknowledged);
          // what S3 answers once a late part has replaced the one that was just put
          other.faults.failNext(
              "completeParts", new PartsChangedException("parts", new IOException("InvalidPart")));

          await().atMost(Duration.ofSeconds(20)).until(() -> other.expired(agent.evidence));

          byte[] kept = Arrays.copyOf(heap, acknowledged);
          EvidenceRecord record = world.record(agent.evidence);
          assertThat(record.artifact(new ArtifactName(Shipper.HEAP + ".part")).sha256())
              .isEqualTo(Digest.of(kept));
          assertThat(world.content(Digest.of(kept))).isEqualTo(kept);
        });
  }

  @Test
  void artifactThatCameToSeveral_isReadOnceForItsDigest() throws Exception {
    with(
        (world, slow, other) -> {
          FakeAgent agent = agent();
          Shipper shipper = begun(agent, slow);
          byte[] heap = heapOf(agent);
          shipper.patch(other.client, Shipper.HEAP, heap, part, 2 * part + 7);
          shipper.patch(slow.client, Shipper.HEAP, heap, 2 * part + 7, 3 * part);
          slow.faults.reset();

          shipper.patch(slow.client, Shipper.HEAP, heap, 3 * part, heap.length);

          assertThat(slow.faults.counts()).containsEntry("read", 1).doesNotContainKey("beginParts");
          shipper.ship(slow.client);
          assertSealed(world, agent);
        });
  }

  @Test
  void objectOfARest_isNotAppendedTo() throws Exception {
    with(
        (world, slow, other) -> {
          FakeAgent agent = agent();
          Shipper shipper = new Shipper(agent, part / 2);
          byte[] heap = heapOf(agent);
          shipper.ship(
              slow.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
          shipper.locations.put(
              Shipper.HEAP, agent.createStreamed(slow.client, Shipper.HEAP).header("Location"));
          int quarter = part / 4;
          shipper.patch(slow.client, Shipper.HEAP, heap, 0, quarter);
          String first = world.uploadObjects().get(0);

          shipper.patch(slow.client, Shipper.HEAP, heap, quarter, 2 * quarter);

          assertThat(world.uploadObjects()).hasSize(2).contains(first);
          try (InputStream in = world.objects.read(first, 0)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOf(heap, quarter));
          }
          shipper.ship(slow.client);
          assertSealed(world, agent);
        });
  }
}
