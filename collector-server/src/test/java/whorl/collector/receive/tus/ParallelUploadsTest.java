package whorl.collector.receive.tus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;

class ParallelUploadsTest {
  @TempDir Path root;

  @Test
  void secondConnectionOnOneUpload_isRefusedAsInUse() throws Exception {
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent().with("t.txt", "t").seal();
      String location = agent.create(collector.agentClient, "t.txt", 1).header("Location");
      CountDownLatch reading = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      InputStream slow =
          new InputStream() {
            private boolean sent;

            @Override
            public int read() {
              throw new AssertionError("read in blocks");
            }

            @Override
            public int read(byte[] into, int from, int length) {
              reading.countDown();
              awaitUnchecked(goOn);
              if (sent) {
                return -1;
              }
              sent = true;
              into[from] = 't';
              return 1;
            }
          };
      Future<Answer> first =
          worker.submit(
              () ->
                  collector.agentClient.call(
                      "PATCH",
                      location,
                      Map.of(
                          "Tus-Resumable", "1.0.0",
                          "Content-Type", "application/offset+octet-stream",
                          "Upload-Offset", "0"),
                      slow,
                      1));
      assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();

      Answer second = FakeAgent.patch(collector.agentClient, location, 0, new byte[] {'x'});
      Answer deleted =
          collector.agentClient.call(
              "DELETE", location, Map.of("Tus-Resumable", "1.0.0"), new byte[0]);

      assertThat(second.status()).isEqualTo(423);
      assertThat(deleted.status()).isEqualTo(423);
      goOn.countDown();
      assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(204);
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    } finally {
      worker.shutdownNow();
    }
  }

  @Test
  void twoHundredPiecesOfEvidenceAtOnce_areAllSealed() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(16);
    try (TestCollector collector = TestCollector.open(root)) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        FakeAgent agent =
            new FakeAgent()
                .with("recording.jfr", "recording " + i)
                .with("threads.txt", "the same everywhere")
                .seal();
        answers.add(workers.submit(() -> agent.shipAll(collector.agentClient)));
      }
      for (Future<Answer> answer : answers) {
        assertThat(answer.get(60, TimeUnit.SECONDS).status()).isEqualTo(204);
      }

      assertThat(collector.catalog.size()).isEqualTo(200);
      assertThat(collector.receiver.unfinishedUploads()).isZero();
      assertThat(collector.receiver.evidenceInUpload()).isZero();
      assertThat(collector.verifyOffline().problems()).isEmpty();
      assertThat(collector.verifyOffline().evidence()).isEqualTo(200);
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void artifactsOfOneEvidenceOverManyConnections_areSealedOnce() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(8);
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent();
      for (int i = 0; i < 60; i++) {
        agent.with("classes/c" + i + ".class", "class " + i % 7);
      }
      agent.seal();
      List<Future<Answer>> shipped = new ArrayList<>();
      agent.artifacts.forEach(
          (name, content) ->
              shipped.add(
                  workers.submit(() -> agent.ship(collector.agentClient, name.value(), content))));
      for (Future<Answer> each : shipped) {
        assertThat(each.get(30, TimeUnit.SECONDS).status()).isEqualTo(204);
      }

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(collector.told.sealed).hasSize(1);
      assertThat(collector.verifyOffline().problems()).isEmpty();
    } finally {
      workers.shutdownNow();
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
