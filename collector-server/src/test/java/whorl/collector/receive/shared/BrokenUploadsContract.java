package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.receive.AgentConnections;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.Faults;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.channel.CaptureState;

/** Uploads at collectors that are killed, or that stand still. */
public abstract class BrokenUploadsContract extends SharedUploadsFixture {
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
      survivor.receiver.expire(AgentConnections.UNKNOWN);
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
          boolean unused = dying.expired(agent.evidence);
          dying.stopRenewing();
        } catch (IOException died) {
          assertThat(faults.dead()).as("%s", died).isTrue();
        }
        killed = faults.dead();

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (survivor.uploads().contains(agent.evidence) && System.nanoTime() < end) {
          boolean unused = survivor.expired(agent.evidence);
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
}
