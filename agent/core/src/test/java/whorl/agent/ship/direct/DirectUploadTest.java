package whorl.agent.ship.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.ship.FakeCollector;
import whorl.agent.ship.Samples;
import whorl.agent.ship.TestKeys;
import whorl.agent.ship.tus.Chunk;
import whorl.evidence.Artifact;
import whorl.evidence.Digest;

/** What is written arrives, however the connection and the collector behave. */
@Timeout(60)
final class DirectUploadTest extends DirectUploadFixture {
  @Test
  void write_lengthUnknown_arrivesWholeUnderItsDigest() throws Exception {
    byte[] content = Samples.bytes(1, 5 * MIB + 17);
    open();

    writeIn(content, 10_000);
    Artifact artifact = upload().finish();

    assertThat(artifact)
        .isEqualTo(new Artifact(HEAP, content.length, Digest.of(content), "application/gzip"));
    FakeCollector.Upload there = collector.disk.upload(evidence, HEAP.value());
    assertThat(there.digest()).isEqualTo(artifact.sha256());
    assertThat(there.length).isEqualTo(content.length);
    assertThat(there.metadata)
        .containsEntry("agent", Samples.AGENT.value())
        .containsEntry("mediaType", "application/gzip");
    assertThat(collector.disk.completed).containsExactly(HEAP.value());
    assertThat(upload().acknowledgedBytes()).isEqualTo(content.length);
    assertThat(upload().writtenBytes()).isEqualTo(content.length);
    upload().close();
    assertThat(collector.requests).noneMatch(request -> request.startsWith("DELETE"));
  }

  @Test
  void write_overTls_arrivesWhole() throws Exception {
    TestKeys keys = TestKeys.make(folder, "server", "dns:localhost");
    byte[] content = Samples.bytes(1, 3 * MIB);
    try (FakeCollector tls =
        FakeCollector.start(
            "/base",
            SslContextBuilder.forServer(keys.cert().toFile(), keys.key().toFile())
                .sslProvider(SslProvider.JDK)
                .build())) {
      upload =
          DirectUpload.open(
              target(Samples.tls(tls.url(), keys.cert(), null, null)), LIMITS, this::thread);
      writeIn(content, 50_000);

      assertThat(upload().finish().sha256()).isEqualTo(Digest.of(content));
      assertThat(tls.disk.upload(evidence, HEAP.value()).digest()).isEqualTo(Digest.of(content));
    }
  }

  @Test
  void write_wholeChunksOnly_endsWithAnEmptyOne() throws Exception {
    byte[] content = Samples.bytes(1, 256 << 10);
    open();

    writeIn(content, content.length);

    assertThat(upload().finish().sha256()).isEqualTo(Digest.of(content));
    assertThat(collector.disk.completed).containsExactly(HEAP.value());
  }

  @Test
  void write_nothing_arrivesEmpty() throws Exception {
    open();

    assertThat(upload().finish())
        .isEqualTo(new Artifact(HEAP, 0, Digest.of(new byte[0]), "application/gzip"));
    assertThat(collector.disk.completed).containsExactly(HEAP.value());
  }

  @Test
  void write_collectorSlow_waitsAndHoldsNoMoreThanItsBuffers() throws Exception {
    collector.delayMillis = request -> request.method().equals(HttpMethod.PATCH) ? 60 : 0;
    open();
    byte[] piece = Samples.bytes(1, 100_000);
    AtomicLong most = new AtomicLong();
    for (int i = 0; i < 160; i++) {
      stream().write(piece);
      most.accumulateAndGet(upload().writtenBytes() - upload().acknowledgedBytes(), Math::max);
    }

    assertThat(upload().finish().size()).isEqualTo(16_000_000);
    assertThat(most.get()).isLessThanOrEqualTo(Chunks.COUNT * MIB);
  }

  @Test
  void write_largeChunks_fillPartsOfAnObject() throws Exception {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    collector.refuse =
        request -> {
          if (request.method().equals(HttpMethod.PATCH)) {
            sizes.add(request.content().readableBytes());
          }
          return null;
        };
    upload = DirectUpload.open(target(), LIMITS, Chunk.PART_BYTES, this::thread);
    upload().measuredBytesPerSecond();
    sizes.clear();
    byte[] content = Samples.bytes(1, 41 * MIB);
    AtomicLong most = new AtomicLong();
    for (int at = 0; at < content.length; at += MIB) {
      stream().write(content, at, MIB);
      most.accumulateAndGet(upload().writtenBytes() - upload().acknowledgedBytes(), Math::max);
    }

    assertThat(upload().finish().sha256()).isEqualTo(Digest.of(content));
    assertThat(most.get()).isLessThanOrEqualTo((long) Chunks.COUNT * Chunk.PART_BYTES);
    assertThat(sizes).contains(Chunk.PART_BYTES).allMatch(size -> size <= Chunk.PART_BYTES);
  }

  @Test
  void write_manyChunks_doesNotWaitForEachAnswer() throws Exception {
    collector.delayMillis = request -> request.method().equals(HttpMethod.PATCH) ? 200 : 0;
    open();
    stream().write(new byte[700_000]);

    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> collector.disk.upload(evidence, HEAP.value()).offset >= 512 << 10);
    assertThat(upload().acknowledgedBytes()).isLessThan(512 << 10);
  }

  @Test
  void write_connectionCutInChunks_goesOnWhereItWas() throws Exception {
    byte[] content = Samples.bytes(1, 6 * MIB);
    open();
    for (int i = 0; i < 3; i++) {
      collector.breakAfterBytes.set(700_000);
      writeIn(content, i * 2 * MIB, (i + 1) * 2 * MIB, 50_000);
      Awaitility.await().until(() -> collector.breakAfterBytes.get() == 0);
    }

    assertThat(upload().finish().sha256()).isEqualTo(Digest.of(content));
    assertThat(collector.disk.upload(evidence, HEAP.value()).digest())
        .isEqualTo(Digest.of(content));
    assertThat(collector.requests).anyMatch(request -> request.startsWith("HEAD"));
    assertThat(collector.disk.completed).containsExactly(HEAP.value());
  }

  @Test
  void finish_acknowledgementLost_countsAsArrived() throws Exception {
    byte[] content = Samples.bytes(1, 1_000);
    open();
    writeIn(content, 1_000);
    collector.losesAfterPatch = true;

    assertThat(upload().finish().sha256()).isEqualTo(Digest.of(content));
    assertThat(collector.disk.upload(evidence, HEAP.value()).digest())
        .isEqualTo(Digest.of(content));
  }

  @Test
  void write_offsetRefused_queriesTheRightOne() throws Exception {
    byte[] content = Samples.bytes(1, 3 * MIB);
    AtomicInteger patches = new AtomicInteger();
    collector.refuse =
        request ->
            request.method().equals(HttpMethod.PATCH)
                    && Set.of(2, 5, 9).contains(patches.incrementAndGet())
                ? FakeCollector.Refusal.of(423, "in use")
                : null;
    open();

    writeIn(content, 100_000);

    assertThat(upload().finish().sha256()).isEqualTo(Digest.of(content));
    assertThat(collector.disk.upload(evidence, HEAP.value()).digest())
        .isEqualTo(Digest.of(content));
  }

  @Test
  void write_collectorStalls_failsWithinPatience() throws Exception {
    open();
    stream().write(new byte[MIB]);
    Awaitility.await().until(() -> upload().acknowledgedBytes() > 0);
    collector.answers = false;
    long began = System.nanoTime();

    assertThatIOException()
        .isThrownBy(this::writeForEver)
        .withMessageContaining("has taken nothing for 2000 ms")
        .withMessageContaining(HEAP.value());
    assertThat(since(began)).isLessThan(PATIENCE.plusSeconds(2));
  }

  @Test
  void write_collectorGone_failsWithinPatience() throws Exception {
    open();
    stream().write(new byte[MIB]);
    collector.close();
    long began = System.nanoTime();

    assertThatIOException().isThrownBy(this::writeForEver).withMessageContaining(HEAP.value());
    assertThat(since(began)).isLessThan(PATIENCE.plusSeconds(2));
  }

  @Test
  void write_collectorFullMidway_failsAtOnceWithItsReason() throws Exception {
    AtomicInteger patches = new AtomicInteger();
    collector.refuse =
        request ->
            request.method().equals(HttpMethod.PATCH) && patches.incrementAndGet() > 3
                ? FakeCollector.Refusal.of(507, "no room")
                : null;
    open();
    long began = System.nanoTime();

    assertThatIOException().isThrownBy(this::writeForEver).withMessageContaining("507 no room");
    assertThat(since(began)).isLessThan(PATIENCE);
    assertThatIOException()
        .isThrownBy(() -> upload().finish())
        .withMessageContaining("507 no room");
    upload().close();
    assertThat(collector.disk.uploads).as("it takes no room there").isEmpty();
  }

  @Test
  void close_whileAnotherThreadWaitsToWrite_endsItAndTerminatesTheUpload() throws Exception {
    collector.delayMillis = request -> request.method().equals(HttpMethod.PATCH) ? 60_000 : 0;
    open();
    CompletableFuture<Throwable> writer = new CompletableFuture<>();
    start(
        () -> {
          try {
            writeForEver();
          } catch (IOException e) {
            writer.complete(e);
          }
        });
    Awaitility.await().until(() -> upload().writtenBytes() > 900_000);
    long began = System.nanoTime();

    upload().close();

    assertThat(since(began)).isLessThan(Duration.ofMillis(1500));
    assertThat(writer.get(5, TimeUnit.SECONDS)).hasMessageContaining("was closed");
    assertThat(collector.disk.uploads).isEmpty();
  }

  @Test
  void close_collectorSilent_endsWithinASecond() throws Exception {
    open();
    stream().write(new byte[MIB]);
    collector.answers = false;
    long began = System.nanoTime();

    upload().close();

    assertThat(since(began)).isLessThan(Duration.ofMillis(1500));
  }

  /** Any code can find the thread, and hold its lock for ever. */
  @Test
  void close_lockOfItsThreadHeldByOthers_returns() throws Exception {
    open();
    stream().write(new byte[MIB]);
    Thread direct =
        threads.stream().filter(each -> each.getName().equals("whorl-direct")).findFirst().get();
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    start(
        () -> {
          synchronized (direct) {
            locked.countDown();
            boolean unused = await(release);
          }
        });
    locked.await();

    try {
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> upload().close());
    } finally {
      release.countDown();
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(50, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void write_interrupted_throwsAndKeepsTheFlag() throws Exception {
    collector.delayMillis = request -> request.method().equals(HttpMethod.PATCH) ? 60_000 : 0;
    open();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread writer =
        start(
            () -> {
              try {
                writeForEver();
              } catch (IOException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : new Error("lost"));
              }
            });
    Awaitility.await().until(() -> upload().writtenBytes() > 900_000);

    writer.interrupt();

    assertThat(thrown.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
  }

  @Test
  void threads_ofAnUpload_areTwoNamedDaemons() throws Exception {
    open();

    assertThat(threads)
        .extracting(Thread::getName)
        .containsExactlyInAnyOrder("whorl-direct", "whorl-net");
    assertThat(threads).allMatch(Thread::isDaemon);
  }

  private void writeForEver() throws IOException {
    byte[] piece = new byte[10_000];
    OutputStream out = stream();
    while (true) {
      out.write(piece);
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
