package whorl.agent.ship.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.ship.FakeCollector;
import whorl.agent.ship.Samples;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** An upload that goes straight to a collector, which may be slow or silent. */
abstract class DirectUploadFixture {
  static final int MIB = 1 << 20;
  static final ArtifactName HEAP = new ArtifactName("heap.hprof.gz");
  static final Duration PATIENCE = Duration.ofSeconds(2);

  static final DirectUpload.Limits LIMITS =
      new DirectUpload.Limits(PATIENCE, Duration.ofSeconds(5), Duration.ofSeconds(5));

  @TempDir Path folder;
  final Id evidence = Samples.id();
  final List<Thread> threads = new CopyOnWriteArrayList<>();
  FakeCollector collector;
  @Nullable DirectUpload upload;

  @BeforeEach
  void start() throws Exception {
    collector = FakeCollector.start();
  }

  @AfterEach
  void stop() throws Exception {
    if (upload != null) {
      upload.close();
    }
    collector.close();
    for (Thread thread : threads) {
      thread.join(3_000);
      assertThat(thread.isAlive()).as(thread.getName() + " outlives the upload").isFalse();
    }
  }

  void open() throws IOException, InterruptedException {
    upload = DirectUpload.open(target(), LIMITS, this::thread);
  }

  DirectTarget target() {
    return target(Samples.collector(collector.url()));
  }

  DirectTarget target(AgentConfig.Collector to) {
    return new DirectTarget(to, Samples.AGENT, Samples.id(), evidence, HEAP, "application/gzip");
  }

  DirectUpload upload() {
    if (upload == null) {
      throw new AssertionError("not open");
    }
    return upload;
  }

  OutputStream stream() {
    return upload().stream();
  }

  void writeIn(byte[] content, int pieceBytes) throws IOException {
    writeIn(content, 0, content.length, pieceBytes);
  }

  void writeIn(byte[] content, int from, int to, int pieceBytes) throws IOException {
    OutputStream out = stream();
    for (int at = from; at < to; at += pieceBytes) {
      out.write(content, at, Math.min(pieceBytes, to - at));
    }
  }

  Thread thread(Runnable task) {
    Thread thread = new Thread(task);
    threads.add(thread);
    return thread;
  }

  Thread start(Runnable task) {
    Thread thread = thread(task);
    thread.start();
    return thread;
  }
}
