package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.DelegatingDisk;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.ArtifactName;

/** The same with uploads in an object store and a database. */
class SharedSealTest {
  @BeforeAll
  static void share() {
    World.sharedUploads = true;
  }

  @AfterAll
  static void shareNoMore() {
    World.sharedUploads = false;
  }

  @Nested
  class Seal extends SealTest {
    /** Two connections of an agent, or two collectors, end the same envelope. */
    @Test
    void sealThatWaitedForOneThatFailed_asksForTheEnvelope_andKeepsTheManifest() throws Exception {
      FakeAgent agent = agent().seal();
      AtomicReference<Runnable> atTheSeal = new AtomicReference<>(() -> {});
      Disk disk =
          new DelegatingDisk() {
            @Override
            public void createFolders(Path created) throws IOException {
              if (created.endsWith("evidence/" + agent.evidence)) {
                Runnable once = atTheSeal.getAndSet(null);
                if (once != null) {
                  once.run();
                  throw new IOException("the store is away");
                }
              }
              super.createFolders(created);
            }
          };
      try (TestCollector collector =
          TestCollector.open(root, disk, TestCollector.LIMITS, new TestCollector.World())) {
        byte[] envelope = agent.envelopeJson();
        for (Map.Entry<ArtifactName, byte[]> each : agent.artifacts.entrySet()) {
          agent.ship(collector.agentClient, each.getKey().value(), each.getValue());
        }
        agent.ship(collector.agentClient, "manifest.json", agent.manifestJson());
        String location =
            agent
                .create(collector.agentClient, "manifest.dsse.json", envelope.length)
                .header("Location");
        FutureTask<Answer> second =
            new FutureTask<>(
                () -> agent.patch(collector.agentClient, location, envelope.length, new byte[0]));
        Thread waiting = new Thread(second);
        atTheSeal.set(
            () -> {
              waiting.start();
              waitUntilItWaits(waiting);
            });

        assertThatThrownBy(() -> agent.patch(collector.agentClient, location, 0, envelope))
            .hasStackTraceContaining("the store is away");
        Answer refused = second.get(10, TimeUnit.SECONDS);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.header("Whorl-Missing")).isEqualTo("manifest.dsse.json");
        Answer manifest =
            agent.create(collector.agentClient, "manifest.json", agent.manifestJson().length);
        assertThat(manifest.header("Upload-Offset"))
            .isEqualTo(Integer.toString(agent.manifestJson().length));
        assertThat(agent.ship(collector.agentClient, "manifest.dsse.json", envelope).status())
            .isEqualTo(204);
      }
    }
  }

  @Nested
  class Signature extends SealSignatureTest {}

  @Nested
  class Partial extends SealPartialTest {
    /** What is incomplete is copied within the object store, whose room nobody knows. */
    @Override
    void agentGoneWithinAHeap_withoutRoomForACopy_waitsForRoom() {}
  }
}
