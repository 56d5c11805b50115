package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.channel.CaptureState;

/** Two collectors over the same object store and database. */
public abstract class SharedUploadsFixture {
  @TempDir protected Path root;

  final Random random = new Random(7);

  SharedWorld world;

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

  byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  int parts(double count) {
    return (int) (count * world.partBytes());
  }

  FakeAgent agent(int heapBytes) {
    return new FakeAgent()
        .with("threads.txt", "threads " + random.nextLong())
        .with(Shipper.HEAP, bytes(heapBytes))
        .with("classes.ndjson", "classes " + random.nextLong())
        .seal();
  }

  void assertSealed(FakeAgent agent) throws IOException {
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

  static boolean isFine(int status) {
    return status == 204 || status == 404 || status == 409 || status == 423 || status == 503;
  }

  static List<Answer> atOnce(
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
}
