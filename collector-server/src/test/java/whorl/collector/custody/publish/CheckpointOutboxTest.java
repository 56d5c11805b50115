package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.evidence.Digest;

class CheckpointOutboxTest {
  private final SignerKey key = LogKey.make(new SecureRandom());
  private final List<SignedCheckpoint> arrived = new CopyOnWriteArrayList<>();

  @Test
  void betweenTwo_onlyTheNewestIsPutOut_andTheLastAtTheEnd() {
    try (CheckpointOutbox outbox =
        new CheckpointOutbox("test", arrived::add, Duration.ofMinutes(1))) {
      outbox.published(checkpoint(1));
      await().until(() -> arrived.size() == 1);
      outbox.published(checkpoint(2));
      outbox.published(checkpoint(3));
    }
    assertThat(arrived).extracting(SignedCheckpoint::size).containsExactly(1L, 3L);
  }

  @Test
  void pauseIsKept_thenTheNewestGoes() {
    try (CheckpointOutbox outbox =
        new CheckpointOutbox("test", arrived::add, Duration.ofMillis(300))) {
      outbox.published(checkpoint(1));
      await().until(() -> arrived.size() == 1);
      long before = System.nanoTime();
      outbox.published(checkpoint(2));
      await().until(() -> arrived.size() == 2);
      assertThat(System.nanoTime() - before).isGreaterThan(150_000_000L);
    }
  }

  @Test
  void failure_isRetried_shown_andForgottenWhenItArrives() {
    AtomicInteger attempts = new AtomicInteger();
    CheckpointSink sink =
        checkpoint -> {
          if (attempts.incrementAndGet() == 1) {
            throw new IOException("status 500");
          }
          arrived.add(checkpoint);
        };
    try (CheckpointOutbox outbox = new CheckpointOutbox("test", sink, Duration.ofMillis(1))) {
      outbox.published(checkpoint(1));
      await().until(() -> outbox.failure() != null);
      assertThat(outbox.failure())
          .isEqualTo("checkpoints of custody do not reach test: status 500");
      await().until(() -> arrived.size() == 1);
      await().until(() -> outbox.failure() == null);
      assertThat(outbox.failures().sum()).isEqualTo(1);
    }
  }

  @Test
  void webhook_getsTheNote_andARedirectIsAFailure() throws Exception {
    List<byte[]> bodies = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/keep",
        exchange -> {
          bodies.add(exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/keep");
          exchange.sendResponseHeaders(307, -1);
          exchange.close();
        });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      new CheckpointWebhook(URI.create(base + "/keep")).put(checkpoint(4));
      assertThat(bodies).containsExactly(checkpoint(4).bytes());
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> new CheckpointWebhook(URI.create(base + "/moved")).put(checkpoint(4)))
          .hasMessageContaining("status 307");
      assertThat(bodies).hasSize(1);
    } finally {
      server.stop(0);
    }
  }

  private SignedCheckpoint checkpoint(long size) {
    return SignedCheckpoint.sign(size, Digest.of(new byte[] {(byte) size}), key);
  }
}
