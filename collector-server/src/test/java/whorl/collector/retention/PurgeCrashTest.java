package whorl.collector.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FaultyDisk;
import whorl.collector.testkit.Sizes;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.Json;

/**
 * Kills the collector before each change that a purge makes to its disk. Of the changes that fail,
 * and of those of a hold, every third one is tried unless {@link Sizes} are full.
 */
class PurgeCrashTest {
  @TempDir Path root;
  private final FakeAgent agent =
      new FakeAgent().with("threads.txt", "its own").with("maps.txt", "shared").seal();
  private final FakeAgent other = new FakeAgent().with("maps.txt", "shared").seal();

  @Test
  void killedBeforeAnyChange_theNextStartCompletesThePurge_orItNeverBegan() throws Exception {
    int change = 1;
    int completed = 0;
    boolean stopped = true;
    while (stopped) {
      String when = "killed before change " + change;
      Path data = shipped("killed-" + change);
      FaultyDisk disk = FaultyDisk.killedAt(change);
      boolean acknowledged = purgeUntilKilled(data, disk);
      stopped = disk.stopped();

      boolean purgeLogged = isPurged(data);
      assertThat(new OfflineVerifier(InstantSource.system()).verify(data).problems())
          .as("nothing looks lost, " + when)
          .allMatch(problem -> problem.startsWith("custody.ndjson line"));
      try (TestCollector collector = TestCollector.open(data)) {
        assertThat(collector.store.contains(agent.evidence)).as(when).isEqualTo(!purgeLogged);
        assertThat(collector.catalog.size()).as(when).isEqualTo(purgeLogged ? 1 : 2);
        assertThat(purgeLogged || !acknowledged).as(when).isTrue();
        completed += purgeLogged && !acknowledged ? 1 : 0;
        assertThat(Files.exists(collector.folder.evidence(agent.evidence))).isEqualTo(!purgeLogged);
        assertWhole(collector, purgeLogged ? 3 : 6, when);
      }
      change++;
    }
    assertThat(change).isGreaterThan(10);
    assertThat(completed).isGreaterThan(2);
  }

  @Test
  void diskFailsAtAnyChange_thePurgeIsRefusedOrCompletedLater() throws Exception {
    int change = 1;
    boolean failed = true;
    while (failed) {
      String when = "failed at change " + change;
      Path data = shipped("failed-" + change);
      FaultyDisk disk = FaultyDisk.failingAt(change);
      try (TestCollector collector =
          TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
        try {
          collector.kept.purge.purge(agent.evidence, "collector", "too old");
          collector.kept.purge.discard();
        } catch (IOException refused) {
          assertThat(disk.stopped()).isTrue();
        }
        collector.kept.purge.purge(agent.evidence, "collector", "too old");
        collector.kept.retention.pass();
        assertThat(collector.store.contains(agent.evidence)).as(when).isFalse();
        assertThat(Files.exists(collector.folder.evidence(agent.evidence))).as(when).isFalse();
        assertThat(
                collector.custody.entries(agent.evidence).stream()
                    .filter(entry -> entry.action().equals("purged"))
                    .count())
            .as(when)
            .isEqualTo(1);
      } catch (IOException refusedToStart) {
        assertThat(change).as("only opening may fail: %s", refusedToStart).isLessThan(20);
        change += Sizes.step();
        continue;
      }
      failed = disk.stopped();
      try (TestCollector collector = TestCollector.open(data)) {
        assertWhole(collector, 3, when);
      }
      change += Sizes.step();
    }
    assertThat(change).isGreaterThan(10);
  }

  @Test
  void killedWhileHoldingACase_anAcknowledgedHoldStays() throws Exception {
    int change = 1;
    boolean stopped = true;
    while (stopped) {
      Path data = shipped("hold-" + change);
      String path;
      try (TestCollector collector = TestCollector.open(data)) {
        path =
            collector
                .kept
                .responder
                .call("POST", "/api/v1/cases", Map.of(), Json.bytes(Map.of("title", "A case")))
                .header("Location");
        for (FakeAgent each : new FakeAgent[] {agent, other}) {
          collector.kept.responder.call(
              "PUT", path + "/evidence/" + each.evidence, Map.of(), new byte[0]);
        }
      }
      FaultyDisk disk = FaultyDisk.killedAt(change);
      boolean acknowledged = holdUntilKilled(data, disk, path);
      stopped = disk.stopped();

      try (TestCollector collector = TestCollector.open(data)) {
        boolean held = collector.kept.holds.isHeld(agent.evidence);
        assertThat(held || !acknowledged).as("killed before change %d", change).isTrue();
        assertThat(collector.kept.holds.isHeld(other.evidence))
            .as("all of the case or none, killed before change %d", change)
            .isEqualTo(held);
        assertThat(collector.verifyOffline().problems()).isEmpty();
      }
      change += Sizes.step();
    }
    assertThat(change).isGreaterThan(5);
  }

  private Path shipped(String name) throws Exception {
    Path data = Files.createDirectory(root.resolve(name));
    try (TestCollector collector = TestCollector.open(data)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(other.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.writeString(
          Files.createDirectories(collector.folder.timeline(agent.evidence))
              .resolve("rows.parquet"),
          "rows");
    }
    return data;
  }

  private boolean purgeUntilKilled(Path data, FaultyDisk disk) {
    try (TestCollector collector =
        TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
      boolean purged =
          collector.kept.purge.purge(agent.evidence, "collector", "too old")
                  instanceof PurgeOutcome.Purged
              && !disk.stopped();
      collector.kept.purge.discard();
      return purged;
    } catch (IOException killed) {
      return false;
    }
  }

  private static boolean holdUntilKilled(Path data, FaultyDisk disk, String path) {
    try (TestCollector collector =
        TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
      Answer answer =
          collector.kept.responder.call(
              "PUT", path + "/hold", Map.of(), Json.bytes(Map.of("reason", "litigation")));
      return answer.status() == 200;
    } catch (IOException | AssertionError killed) {
      return false;
    }
  }

  private boolean isPurged(Path data) throws IOException {
    String log = Files.readString(data.resolve("custody/custody.ndjson"));
    int purge = log.indexOf("\"purged\"");
    return purge >= 0 && log.indexOf('\n', purge) > 0;
  }

  private static void assertWhole(TestCollector collector, int files, String when)
      throws IOException {
    VerificationReport report = collector.verifyOffline();
    assertThat(report.problems()).as(when).isEmpty();
    try (Stream<Path> blobs = Files.walk(collector.folder.blobs())) {
      assertThat(blobs.filter(Files::isRegularFile).count())
          .as("content without a reference, or missing: %s", when)
          .isEqualTo(files);
    }
  }
}
