package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FaultyDisk;
import whorl.collector.testkit.Sizes;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.channel.CaptureState;

/**
 * Kills the collector before each of its changes to the disk, one after the other; before every
 * third one unless {@link Sizes} are full.
 */
class CrashTest {
  @TempDir Path root;

  @Test
  void killedBeforeAnyChange_nothingHalfVisibleAndItArrivesOnce() throws Exception {
    int change = 1;
    boolean stopped = true;
    while (stopped) {
      Path data = Files.createDirectory(root.resolve("killed-" + change));
      FaultyDisk disk = FaultyDisk.killedAt(change);
      FakeAgent agent = new FakeAgent().with("threads.txt", "t").seal();
      boolean acknowledged = shipUntilKilled(data, disk, agent);
      stopped = disk.stopped();

      try (TestCollector collector = TestCollector.open(data)) {
        EvidenceRecord found = collector.store.record(agent.evidence);
        if (acknowledged) {
          assertThat(found).as("acknowledged, killed before change %d", change).isNotNull();
        }
        assertThat(found == null ? 0 : 1)
            .as("catalog agrees with files, killed before change %d", change)
            .isEqualTo((int) collector.catalog.size());
        Answer again = agent.shipAll(collector.agentClient);
        assertThat(again.status() == 204 || again.text().startsWith("already sealed"))
            .as("killed before change %d: %s %s", change, again.status(), again.text())
            .isTrue();
      }
      assertWhole(data, agent, 3, "killed before change " + change);
      change += Sizes.step();
    }
    assertThat(change).isGreaterThan(30);
  }

  @Test
  void diskFullAtAnyChange_agentTriesAgainAndItArrivesOnce() throws Exception {
    int change = 1;
    boolean failed = true;
    while (failed) {
      Path data = Files.createDirectory(root.resolve("full-" + change));
      FaultyDisk disk = FaultyDisk.failingAt(change);
      FakeAgent agent = new FakeAgent().with("threads.txt", "t").seal();
      try (TestCollector collector =
          TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
        Answer last = shipPersistently(collector, agent);
        assertThat(last.status() == 204 || last.text().startsWith("already sealed"))
            .as("full at change %d: %s %s", change, last.status(), last.text())
            .isTrue();
        assertThat(collector.verifyOffline().problems()).as("full at change %d", change).isEmpty();
        assertThat(collector.catalog.size()).as("full at change %d", change).isEqualTo(1);
      } catch (IOException refusedToStart) {
        assertThat(change).as("only opening may fail: %s", refusedToStart).isLessThan(20);
        change += Sizes.step();
        continue;
      }
      failed = disk.stopped();
      TestCollector.open(data).close();
      assertWhole(data, agent, 3, "full at change " + change);
      change += Sizes.step();
    }
    assertThat(change).isGreaterThan(30);
  }

  @Test
  void killedWhileSealingPartial_noReceivedArtifactIsLost() throws Exception {
    int change = 1;
    boolean stopped = true;
    while (stopped) {
      Path data = Files.createDirectory(root.resolve("partial-" + change));
      FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();
      try (TestCollector collector = TestCollector.open(data)) {
        agent.ship(collector.agentClient, "threads.txt", bytes("threads"));
        String location = agent.create(collector.agentClient, "heap.bin", 9).header("Location");
        FakeAgent.patch(collector.agentClient, location, 0, bytes("heap"));
      }
      FaultyDisk disk = FaultyDisk.killedAt(change);
      try (TestCollector collector =
          TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
        collector.expireUploads();
      } catch (IOException killed) {
        assertThat(disk.stopped()).isTrue();
      }
      stopped = disk.stopped();

      try (TestCollector collector = TestCollector.open(data)) {
        collector.expireUploads();
        EvidenceRecord record = collector.store.record(agent.evidence);
        assertThat(record).as("killed before change %d", change).isNotNull();
        assertThat(record.state()).isEqualTo(CaptureState.PARTIAL);
        assertThat(record.artifacts())
            .as("killed before change %d", change)
            .extracting(artifact -> artifact.name().value())
            .containsExactly("heap.bin.part", "threads.txt");
        assertThat(collector.verifyOffline().problems()).isEmpty();
      }
      change += Sizes.step();
    }
    assertThat(change).isGreaterThan(15);
  }

  private static boolean shipUntilKilled(Path data, FaultyDisk disk, FakeAgent agent) {
    try (TestCollector collector =
        TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
      return agent.shipAll(collector.agentClient).status() == 204;
    } catch (IOException | AssertionError killed) {
      return false;
    }
  }

  private static Answer shipPersistently(TestCollector collector, FakeAgent agent) {
    Answer last = null;
    for (int attempt = 0; attempt < 6; attempt++) {
      try {
        last = agent.shipAll(collector.agentClient);
        if (last.status() == 204 || last.text().startsWith("already sealed")) {
          return last;
        }
      } catch (AssertionError serverError) {
        assertThat(serverError).hasRootCauseMessage("No space left on device");
      }
    }
    return last;
  }

  private static void assertWhole(Path data, FakeAgent agent, int files, String when)
      throws IOException {
    VerificationReport report = new OfflineVerifier(java.time.InstantSource.system()).verify(data);
    assertThat(report.problems()).as(when).isEmpty();
    assertThat(report.evidence()).as(when).isEqualTo(1);
    try (Stream<Path> incoming = Files.list(data.resolve("incoming"))) {
      assertThat(incoming).as(when).isEmpty();
    }
    try (Stream<Path> blobs = Files.walk(data.resolve("blobs"))) {
      assertThat(blobs.filter(Files::isRegularFile).count())
          .as("content without a reference, or missing: %s", when)
          .isEqualTo(files);
    }
    try (TestCollector again = TestCollector.open(data)) {
      assertThat(again.viewer.get("/api/v1/evidence/" + agent.evidence).json().get("state"))
          .as(when)
          .hasToString("\"sealed\"");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
