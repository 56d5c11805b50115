package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FaultyDisk;
import whorl.collector.testkit.Sizes;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.ArtifactName;

/**
 * Stops the collector before every disk change of a derivation; before every third one unless
 * {@link Sizes} are full.
 */
class DerivationCrashTest {
  private static final String EVENTS =
      "{\"sequence\":0,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.FileOpen\","
          + "\"fields\":{\"path\":\"/etc/passwd\"},\"stack\":[]}\n";

  @TempDir Path root;

  @Test
  void killedWhileARecordingIsDerived_itIsDerivedOnce() throws Exception {
    int change = 1;
    boolean stopped = true;
    while (stopped) {
      String when = "killed before change " + change;
      Path data = Files.createDirectory(root.resolve("derived-" + change));
      FakeAgent agent = new FakeAgent().with("events.ndjson", EVENTS).seal();
      try (TestCollector collector = TestCollector.open(data)) {
        assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      }
      FaultyDisk disk = FaultyDisk.killedAt(change);
      try (TestCollector collector =
          TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
        derive(collector, agent, disk);
      } catch (IOException killed) {
        assertThat(disk.stopped()).as(String.valueOf(killed)).isTrue();
      }
      stopped = disk.stopped();

      try (TestCollector collector = TestCollector.open(data)) {
        assertThat(collector.verifyOffline().problems()).as(when).isEmpty();
        derive(collector, agent, new UnforcedDisk());
        assertThat(collector.store.record(agent.evidence).artifact(ArtifactName.RECORDING))
            .as(when)
            .isNotNull();
        assertThat(collector.verifyOffline().problems()).as(when).isEmpty();
        assertThat(collector.verifyOffline().notes())
            .as(when)
            .noneMatch(note -> note.contains("derived"));
      }
      try (TestCollector again = TestCollector.open(data);
          Stream<Path> blobs = Files.walk(data.resolve("blobs"))) {
        assertThat(again.catalog.size()).isEqualTo(1);
        assertThat(blobs.filter(Files::isRegularFile).count()).as(when).isEqualTo(4);
      }
      change += Sizes.step();
    }
    assertThat(change).isGreaterThan(10);
  }

  private static void derive(TestCollector collector, FakeAgent agent, Disk disk)
      throws IOException, InterruptedException {
    try (ConfinedJvm confined =
        new ConfinedJvm(collector.folder.confined("derive"), 1, Duration.ofSeconds(30))) {
      new Derivation(
              collector.store,
              collector.catalog,
              collector.custody,
              confined,
              collector.folder,
              disk)
          .derive(agent.evidence, Duration.ofMinutes(2));
    }
  }
}
