package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.Faults;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.channel.CaptureState;

/** Two collectors over the same object store and database. */
public abstract class SharedUploadsContract {
  @TempDir protected Path root;
  private final Random random = new Random(7);
  private SharedWorld world;

  /** Opens what the collectors share. */
  protected abstract SharedWorld openWorld(Path root) throws Exception;

  @BeforeEach
  void open() throws Exception {
    world = openWorld(root);
  }

  @AfterEach
  void close() throws Exception {
    if (world != null) {
      world.close();
    }
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private int parts(double count) {
    return (int) (count * world.partBytes());
  }

  private FakeAgent agent(int heapBytes) {
    return new FakeAgent()
        .with("threads.txt", "threads " + random.nextLong())
        .with(Shipper.HEAP, bytes(heapBytes))
        .with("classes.ndjson", "classes " + random.nextLong())
        .seal();
  }

  private void assertSealed(FakeAgent agent) throws IOException {
    EvidenceRecord record = world.record(agent.evidence);
    assertThat(record).isNotNull();
    assertThat(record.state()).isEqualTo(CaptureState.SEALED);
    for (Map.Entry<ArtifactName, byte[]> each : agent.artifacts.entrySet()) {
      StoredArtifact artifact = record.artifact(each.getKey());
      assertThat(artifact).as("%s", each.getKey()).isNotNull();
      assertThat(artifact.sha256()).as("%s", each.getKey()).isEqualTo(Digest.of(each.getValue()));
      assertThat(world.content(artifact.sha256())).isEqualTo(each.getValue());
    }
    assertThat(record.artifacts()).hasSize(agent.artifacts.size() + 2);
    assertThat(world.custody(agent.evidence, CustodyAction.SEALED)).hasSize(1);
  }

  @Test
  void chunksThatAlternateBetweenCollectors_becomeOneArtifact() throws Exception {
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeAgent agent = agent(parts(3.4));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, 0);
      shipper.ship(
          first.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
      Answer created = agent.createStreamed(second.client, Shipper.HEAP);
      shipper.locations.put(Shipper.HEAP, created.header("Location"));
      List<FakeClient> clients = List.of(first.client, second.client);
      int at = 0;
      for (int i = 0; at < heap.length; i++) {
        FakeClient to = clients.get(i % 2);
        int end = Math.min(heap.length, at + 1 + random.nextInt(parts(1.3)));
        assertThat(shipper.patch(to, Shipper.HEAP, heap, at, end).status()).isEqualTo(204);
        at = end;
        Answer head = FakeAgent.head(clients.get((i + 1) % 2), created.header("Location"));
        assertThat(head.header("Upload-Offset")).isEqualTo(Integer.toString(at));
      }
      shipper.ship(second.client);

      assertSealed(agent);
      world.awaitNoUploadObjects();
      assertThat(first.receiver.unfinishedUploads()).isZero();
      assertThat(first.receiver.evidenceInUpload()).isZero();
      assertThat(world.problems()).isEmpty();
    }
  }

  @Test
  void killedBeforeOrAfterAnyCall_nothingAcknowledgedIsLost() throws Exception {
    try (SharedWorld.Collector survivor = world.open()) {
      for (boolean after : new boolean[] {false, true}) {
        int call = 1;
        boolean killed = true;
        while (killed) {
          killed = killedAt(call, after, survivor);
          call += step();
        }
        assertThat(call).isGreaterThan(40);
      }
      assertThat(world.problems()).isEmpty();
      survivor.uploads().cleanNow();
      world.awaitNoUploadObjects();
    }
  }

  /** How many calls are left out between two at which a collector is killed. */
  protected int step() {
    return 1;
  }

  /** False if the collector lived to the end. */
  private boolean killedAt(int call, boolean after, SharedWorld.Collector survivor)
      throws Exception {
    Faults faults = after ? Faults.killedAfter(call) : Faults.killedBefore(call);
    FakeAgent agent = agent(parts(2.3));
    Shipper shipper = new Shipper(agent, parts(0.6));
    String when = "killed " + (after ? "after" : "before") + " call " + call;
    List<EvidenceRecord> told = new ArrayList<>();
    try (SharedWorld.Collector dying = world.open(faults, InstantSource.system())) {
      try {
        shipper.ship(dying.client);
      } catch (AssertionError | IllegalStateException died) {
        assertThat(faults.dead()).as("%s: %s", when, died).isTrue();
      }
      dying.stopRenewing();
      told.addAll(dying.told.sealed);
    } catch (IOException refusedToStart) {
      assertThat(faults.dead()).as("%s: %s", when, refusedToStart).isTrue();
    }
    if (!shipper.sealed) {
      shipper.acknowledged.forEach(
          (name, bytes) -> {
            Answer head = FakeAgent.head(survivor.client, shipper.locations.get(name));
            if (head.status() == 200) {
              assertThat(Long.parseLong(head.header("Upload-Offset")))
                  .as("%s: %s", when, name)
                  .isGreaterThanOrEqualTo(bytes);
            }
          });
      shipper.ship(survivor.client);
    }
    try {
      survivor.receiver.expire();
      assertSealed(agent);
      told.addAll(survivor.told.sealed);
      assertThat(told).as("who must know").extracting(EvidenceRecord::id).contains(agent.evidence);
      assertThat(survivor.uploads().contains(agent.evidence)).isFalse();
    } catch (AssertionError e) {
      throw new AssertionError(when + ": " + e.getMessage(), e);
    }
    return faults.dead();
  }

  @Test
  void killedWhileSealingPartial_noReceivedByteIsLost() throws Exception {
    try (SharedWorld.Collector survivor = world.open()) {
      int call = 1;
      boolean killed = true;
      while (killed) {
        FakeAgent agent = agent(parts(2.3));
        byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
        Shipper shipper = new Shipper(agent, 0);
        shipper.ship(
            survivor.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
        shipper.locations.put(
            Shipper.HEAP, agent.createStreamed(survivor.client, Shipper.HEAP).header("Location"));
        int sent = parts(1.5);
        shipper.patch(survivor.client, Shipper.HEAP, heap, 0, parts(0.7));
        shipper.patch(survivor.client, Shipper.HEAP, heap, parts(0.7), sent);
        Faults faults = Faults.killedBefore(call);
        try (SharedWorld.Collector dying = world.open(faults, InstantSource.system())) {
          dying.receiver.sealPartial(agent.capture, "the agent is gone");
          dying.stopRenewing();
        } catch (IOException died) {
          assertThat(faults.dead()).as("%s", died).isTrue();
        }
        killed = faults.dead();

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (survivor.uploads().contains(agent.evidence) && System.nanoTime() < end) {
          survivor.receiver.sealPartial(agent.capture, "the agent is gone");
          Shipper.pause();
        }
        EvidenceRecord record = world.record(agent.evidence);
        assertThat(record).as("killed before call %d", call).isNotNull();
        assertThat(record.state()).isEqualTo(CaptureState.PARTIAL);
        assertThat(record.artifacts())
            .extracting(each -> each.name() + " " + each.size())
            .as("killed before call %d", call)
            .containsExactly(
                Shipper.HEAP + ".part " + sent,
                "threads.txt " + agent.artifacts.get(new ArtifactName("threads.txt")).length);
        assertThat(world.content(record.artifacts().get(0).sha256()))
            .isEqualTo(java.util.Arrays.copyOf(heap, sent));
        assertThat(world.custody(agent.evidence, CustodyAction.EXPIRED)).hasSize(1);
        call += step();
      }
      assertThat(call).isGreaterThan(10);
      assertThat(world.problems()).isEmpty();
    }
  }

  @Test
  void heapThatWasFrozen_canGoOn() throws Exception {
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = agent(parts(4.2));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, parts(0.9));
      shipper.ship(
          collector.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
      String location = agent.createStreamed(collector.client, Shipper.HEAP).header("Location");
      shipper.locations.put(Shipper.HEAP, location);
      shipper.patch(collector.client, Shipper.HEAP, heap, 0, parts(2.5));
      try (var turn = collector.uploads().turn(agent.evidence)) {
        Digest frozen = turn.freeze(turn.upload(new ArtifactName(Shipper.HEAP)));
        assertThat(world.content(frozen)).isEqualTo(java.util.Arrays.copyOf(heap, parts(2.5)));
      }

      shipper.ship(collector.client);

      assertSealed(agent);
      world.awaitNoUploadObjects();
    }
  }

  @Test
  void envelopeAtBothAtOnce_sealsOnce() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      for (int round = 0; round < 5; round++) {
        FakeAgent agent = agent(1000);
        Shipper shipper = new Shipper(agent, 1000);
        agent.artifacts.forEach((name, bytes) -> shipper.ship(first.client, name.value(), bytes));
        shipper.ship(second.client, "manifest.json", agent.manifestJson());
        byte[] envelope = agent.envelopeJson();
        String location =
            agent.create(first.client, "manifest.dsse.json", envelope.length).header("Location");
        List<Answer> answers =
            atOnce(
                workers,
                () -> FakeAgent.patch(first.client, location, 0, envelope),
                () -> FakeAgent.patch(second.client, location, 0, envelope));

        assertThat(answers).extracting(Answer::status).contains(204);
        assertThat(answers).extracting(Answer::status).allMatch(each -> isFine(each));
        assertSealed(agent);
        assertThat(first.told.sealed.size() + second.told.sealed.size()).isEqualTo(round + 1);
        assertThat(agent.create(second.client, "late.txt", 3).text()).startsWith("already sealed");
      }
      assertThat(world.problems()).isEmpty();
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void sameChunkAtBothAtOnce_countsOnce() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeAgent agent = agent(parts(2.2));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, parts(0.5));
      shipper.ship(
          first.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
      String location = agent.createStreamed(first.client, Shipper.HEAP).header("Location");
      shipper.locations.put(Shipper.HEAP, location);
      for (int at = 0; at < parts(2); at += parts(0.25)) {
        int from = at;
        List<Answer> answers =
            atOnce(
                workers,
                () -> shipper.patch(first.client, Shipper.HEAP, heap, from, from + parts(0.25)),
                () -> shipper.patch(second.client, Shipper.HEAP, heap, from, from + parts(0.25)));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(204);
        assertThat(answers).extracting(Answer::status).allMatch(each -> isFine(each));
      }
      shipper.ship(second.client);

      assertSealed(agent);
    } finally {
      workers.shutdownNow();
    }
  }

  private static boolean isFine(int status) {
    return status == 204 || status == 404 || status == 409 || status == 423 || status == 503;
  }

  private static List<Answer> atOnce(
      ExecutorService workers,
      java.util.concurrent.Callable<Answer> one,
      java.util.concurrent.Callable<Answer> other)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    List<Future<Answer>> running = new ArrayList<>();
    for (java.util.concurrent.Callable<Answer> each : List.of(one, other)) {
      running.add(
          workers.submit(
              () -> {
                start.await(10, TimeUnit.SECONDS);
                return each.call();
              }));
    }
    List<Answer> answers = new ArrayList<>();
    for (Future<Answer> each : running) {
      answers.add(each.get(30, TimeUnit.SECONDS));
    }
    return answers;
  }

  @Test
  void collectorThatStoodStill_writesNothingAfterAnotherTookOver() throws Exception {
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try (SharedWorld.Collector slow = world.open();
        SharedWorld.Collector other = world.open()) {
      FakeAgent agent = agent(parts(1.8));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, parts(0.5));
      shipper.ship(
          other.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
      String location = agent.createStreamed(other.client, Shipper.HEAP).header("Location");
      shipper.locations.put(Shipper.HEAP, location);
      CountDownLatch reading = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Future<Answer> late =
          worker.submit(
              () ->
                  slow.client.call(
                      "PATCH",
                      location,
                      Map.of(
                          "Tus-Resumable", "1.0.0",
                          "Content-Type", "application/offset+octet-stream",
                          "Upload-Offset", "0"),
                      new WaitingBody(new byte[parts(1.2)], reading, goOn),
                      parts(1.2)));
      assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
      TimeUnit.MILLISECONDS.sleep(3 * SharedWorld.LEASE.toMillis());
      Answer held = shipper.patch(other.client, Shipper.HEAP, heap, 0, parts(0.5));
      assertThat(held.status()).as("it is renewed while it arrives").isEqualTo(423);
      assertThat(held.header("Upload-Offset")).isEqualTo("0");

      slow.stopRenewing();
      shipper.ship(other.client, Shipper.HEAP, heap);
      goOn.countDown();

      assertThat(late.get(10, TimeUnit.SECONDS).status()).isEqualTo(423);
      shipper.ship(other.client);
      assertSealed(agent);
    } finally {
      worker.shutdownNow();
    }
  }

  /** A body that waits in the middle. */
  private static final class WaitingBody extends InputStream {
    private final byte[] bytes;
    private final CountDownLatch reading;
    private final CountDownLatch goOn;
    private int at;

    WaitingBody(byte[] bytes, CountDownLatch reading, CountDownLatch goOn) {
      this.bytes = bytes;
      this.reading = reading;
      this.goOn = goOn;
    }

    @Override
    public int read() {
      throw new AssertionError("read in blocks");
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (at >= bytes.length / 2) {
        reading.countDown();
        try {
          goOn.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      int count = Math.min(length, bytes.length - at);
      if (count == 0) {
        return -1;
      }
      System.arraycopy(bytes, at, into, from, count);
      at += count;
      return count;
    }
  }

  @Test
  void clockADayOff_changesNothing() throws Exception {
    for (Duration off : List.of(Duration.ofDays(1), Duration.ofDays(-1))) {
      InstantSource wrong = () -> Instant.now().plus(off);
      try (SharedWorld.Collector odd = world.open(Faults.none(), wrong);
          SharedWorld.Collector good = world.open()) {
        FakeAgent agent = agent(parts(2.1));
        byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
        Shipper shipper = new Shipper(agent, parts(0.7));
        shipper.ship(
            good.client, "threads.txt", agent.artifacts.get(new ArtifactName("threads.txt")));
        String location = agent.createStreamed(odd.client, Shipper.HEAP).header("Location");
        shipper.locations.put(Shipper.HEAP, location);
        assertThat(shipper.patch(odd.client, Shipper.HEAP, heap, 0, parts(0.4)).status())
            .isEqualTo(204);
        odd.receiver.expire();
        good.receiver.expire();
        assertThat(shipper.patch(good.client, Shipper.HEAP, heap, parts(0.4), parts(1)).status())
            .isEqualTo(204);
        assertThat(world.record(agent.evidence)).as("nothing has expired").isNull();
        shipper.ship(odd.client);

        assertSealed(agent);
      }
    }
  }

  @Test
  void limits_holdAcrossCollectors() throws Exception {
    world.limits = TestCollectorLimits.of(4, 2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeClient here = first.client.from("10.0.0.1");
      FakeClient there = second.client.from("10.0.0.2");
      FakeAgent one = agent(10);
      FakeAgent two = agent(10);
      FakeAgent three = agent(10);
      assertThat(one.create(here, "a", 1).status()).isEqualTo(201);
      assertThat(two.create(there, "a", 1).status()).isEqualTo(201);
      Answer waits = three.create(second.client.from("10.0.0.3"), "a", 1);
      assertThat(waits.status()).isEqualTo(503);
      assertThat(waits.header("Whorl-Wait")).isEqualTo("slot");
      assertThat(first.receiver.evidenceInUpload()).isEqualTo(2);

      assertThat(one.create(there.from("10.0.0.1"), "b", 1).status()).isEqualTo(201);
      Answer half = one.create(here, "c", 1);
      assertThat(half.status()).as("half of the unfinished uploads").isEqualTo(503);
      assertThat(half.text()).contains("2 uploads from 10.0.0.1");
      assertThat(two.create(there, "b", 1).status()).isEqualTo(201);
      assertThat(two.create(there.from("10.0.0.4"), "c", 1).text()).contains("too many uploads");
      assertThat(second.receiver.unfinishedUploads()).isEqualTo(4);
    }
  }

  @Test
  void sameArtifactCreatedAtBothAtOnce_isOneUpload() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try (SharedWorld.Collector first = world.open();
        SharedWorld.Collector second = world.open()) {
      FakeAgent agent = agent(10);
      for (int round = 0; round < 10; round++) {
        String name = "artifact-" + round;
        List<Answer> answers =
            atOnce(
                workers,
                () -> agent.create(first.client, name, 5),
                () -> agent.create(second.client, name, 5));
        assertThat(answers).extracting(Answer::status).allMatch(each -> each < 300);
        assertThat(answers.get(0).header("Location")).isEqualTo(answers.get(1).header("Location"));
      }
      assertThat(first.receiver.unfinishedUploads()).isEqualTo(10);
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void cleaning_deletesOnlyWhatNoIncompleteUploadHas() throws Exception {
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = agent(parts(1.2));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, parts(0.5));
      shipper.locations.put(
          Shipper.HEAP, agent.createStreamed(collector.client, Shipper.HEAP).header("Location"));
      shipper.patch(collector.client, Shipper.HEAP, heap, 0, parts(0.5));
      world.objects.put("uploads/0123456789abcdef0123456789abcdef/3", new byte[10]);

      collector.uploads().cleanNow();

      assertThat(world.uploadObjects()).hasSize(1);
      shipper.ship(collector.client);
      assertSealed(agent);
    }
  }

  /** Stores that keep one part of a number only cannot join them; the others take the right one. */
  @Test
  void partThatAHolderWritesLate_afterItWasTakenOver_isNeverInTheContent() throws Exception {
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = agent(parts(2.5));
      byte[] heap = agent.artifacts.get(new ArtifactName(Shipper.HEAP));
      Shipper shipper = new Shipper(agent, parts(1));
      String location =
          agent.create(collector.client, Shipper.HEAP, heap.length).header("Location");
      shipper.locations.put(Shipper.HEAP, location);
      assertThat(shipper.patch(collector.client, Shipper.HEAP, heap, 0, parts(2.2)).status())
          .isEqualTo(204);
      String[] parted =
          world
              .database()
              .query(
                  "SELECT parts_key, parts_upload FROM uploads WHERE parts > 0",
                  row -> new String[] {row.getString(1), row.getString(2)})
              .get(0);
      Path late = Files.write(root.resolve("late"), bytes(parts(1)));

      world.objects.putPart(parted[0], parted[1], 1, late);

      Answer rest = shipper.patch(collector.client, Shipper.HEAP, heap, parts(2.2), heap.length);
      assertThat(rest.status()).as(rest.text()).isIn(204, 410);
      new Shipper(agent, parts(1)).ship(collector.client);
      assertSealed(agent);
    }
  }

  @Test
  void completeUploads_claimTheirContent() throws Exception {
    try (SharedWorld.Collector collector = world.open()) {
      FakeAgent agent = agent(10);
      Shipper shipper = new Shipper(agent, 10);
      byte[] threads = agent.artifacts.get(new ArtifactName("threads.txt"));
      shipper.ship(collector.client, "threads.txt", threads);
      List<Digest> asked = List.of(Digest.of(threads), Digest.of(new byte[] {1}));

      assertThat(SharedUploads.claimed(world.database(), asked))
          .containsExactly(Digest.of(threads));
      world.discard(asked);
      assertThat(world.content(Digest.of(threads))).isEqualTo(threads);
    }
  }
}
