package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.PowerCutDisk;
import whorl.collector.testkit.Sizes;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;

/**
 * Cuts the power before each change to the disk, and drops everything that was not forced by then;
 * before every third change unless {@link Sizes} are full.
 */
class PowerCutTest {
  @TempDir Path root;

  @Test
  void acknowledgedEvidence_survivesAndVerifies_andOtherEvidenceIsShippedAgain() throws Exception {
    int change = 1;
    boolean cut = true;
    while (cut) {
      Path data = Files.createDirectory(root.resolve("before-" + change));
      Path remains = root.resolve("after-" + change);
      PowerCutDisk disk = new PowerCutDisk(data, change);
      FakeAgent first = new FakeAgent().with("threads.txt", "first").seal();
      FakeAgent second = new FakeAgent().with("threads.txt", "second").seal();
      boolean firstAcknowledged = false;
      boolean secondAcknowledged = false;
      try (TestCollector collector =
          TestCollector.open(data, disk, TestCollector.LIMITS, new World())) {
        firstAcknowledged = acknowledged(first, collector);
        secondAcknowledged = acknowledged(second, collector);
        disk.leftIn(remains); // before the close, as at a real power cut
      } catch (IOException noPower) {
        assertThat(disk.isCut()).isTrue();
        if (!Files.exists(remains)) {
          disk.leftIn(remains);
        }
      }
      cut = disk.isCut();
      assertSurvives(remains, first, firstAcknowledged, change);
      assertSurvives(remains, second, secondAcknowledged, change);
      change += Sizes.step();
    }
    assertThat(change).isGreaterThan(60);
  }

  private static boolean acknowledged(FakeAgent agent, TestCollector collector) {
    try {
      return agent.shipAll(collector.agentClient).status() == 204;
    } catch (AssertionError noPower) {
      return false;
    }
  }

  private static void assertSurvives(
      Path remains, FakeAgent agent, boolean acknowledged, int change) throws IOException {
    try (TestCollector collector = TestCollector.open(remains)) {
      if (acknowledged) {
        assertThat(collector.store.record(agent.evidence))
            .as("acknowledged, power gone before change %d", change)
            .isNotNull();
      }
      Answer again = agent.shipAll(collector.agentClient);
      assertThat(again.status() == 204 || again.text().startsWith("already sealed"))
          .as("power gone before change %d: %s %s", change, again.status(), again.text())
          .isTrue();
      assertThat(collector.receiver.lost()).as("change %d", change).isZero();
      assertThat(collector.custody.doubts()).as("change %d", change).isEmpty();
    }
    assertThat(new OfflineVerifier(InstantSource.system()).verify(remains).problems())
        .as("power gone before change %d", change)
        .isEmpty();
  }
}
