package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BlockGzipTest {
  private static final ThreadFactory THREADS =
      work -> {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
      };

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        BlockGzip.BLOCK_BYTES - 1,
        BlockGzip.BLOCK_BYTES,
        BlockGzip.BLOCK_BYTES + 1,
        30 * BlockGzip.BLOCK_BYTES + 7
      })
  void write_anyLength_isReadBackUnchanged(int length) throws IOException {
    byte[] plain = new byte[length];
    new Random(length).nextBytes(plain);
    // Half of it compresses well, half not at all.
    java.util.Arrays.fill(plain, 0, length / 2, (byte) 7);

    byte[] packed = pack(plain);

    assertThat(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes())
        .isEqualTo(plain);
  }

  @Test
  void write_firstMember_statesTheBlockSize() throws IOException {
    byte[] packed = pack(new byte[3 * BlockGzip.BLOCK_BYTES]);

    assertThat(new String(packed, 10, 22, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("HPROF BLOCKSIZE=262144");
    assertThat(packed[10 + 22]).isZero();
  }

  @Test
  void write_belowFails_isThrownToTheWriter() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no room");
          }
        };

    assertThatThrownBy(
            () -> {
              try (BlockGzip gzip = new BlockGzip(full, THREADS)) {
                for (int i = 0; i < 1_000; i++) {
                  gzip.write(new byte[BlockGzip.BLOCK_BYTES]);
                }
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("no room");
  }

  @Test
  void write_belowIsSlow_holdsNoMoreThanAFewBlocks() throws Exception {
    Object gate = new Object();
    AtomicInteger taken = new AtomicInteger();
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new IllegalStateException("by blocks only");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            synchronized (gate) {
              try {
                gate.wait();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            }
          }
        };
    BlockGzip gzip = new BlockGzip(stuck, THREADS);
    Thread writer =
        new Thread(
            () -> {
              try {
                while (true) {
                  gzip.write(new byte[BlockGzip.BLOCK_BYTES]);
                  taken.incrementAndGet();
                }
              } catch (IOException interrupted) {
                return;
              }
            });
    writer.start();
    awaitBlocked(writer);

    assertThat(taken.get()).isBetween(1, 8);

    writer.interrupt();
    writer.join(5_000);
    gzip.abandon();
    assertThat(writer.isAlive()).isFalse();
  }

  private static byte[] pack(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (BlockGzip gzip = new BlockGzip(packed, THREADS)) {
      for (int at = 0; at < plain.length; at += 100_000) {
        gzip.write(plain, at, Math.min(100_000, plain.length - at));
      }
    }
    return packed.toByteArray();
  }

  /** Waits until the thread is blocked. */
  private static void awaitBlocked(Thread thread) {
    long startedNanos = System.nanoTime();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(System.nanoTime() - startedNanos).isLessThan(10_000_000_000L);
      Thread.onSpinWait();
    }
  }
}
