package whorl.agent.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.console.ConsoleWrite.Writer;

class ConsoleRingTest {
  private static final long MAX_BYTES = 100_000;
  private static final Writer MAIN = new Writer(false, "main", 1);
  private static final Writer OTHER = new Writer(false, "other", 2);

  @Test
  void ring_staysWithinItsBytes_andCountsWhatItDrops() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    for (int i = 0; i < 10_000; i++) {
      add(ring, new byte[40], 0);
    }

    assertThat(ring.heldBytes()).isLessThanOrEqualTo(MAX_BYTES);
    int held = list(ring).size();
    assertThat(held)
        .isGreaterThan((int) (0.8 * MAX_BYTES / (40 + ConsoleBlock.HEAD_BYTES)))
        .isLessThan((int) (MAX_BYTES / (40 + ConsoleBlock.HEAD_BYTES)));
    assertThat(ring.losses()).containsEntry("console.writesDropped", 10_000L - held);
    assertThat(ring.losses()).containsEntry("console.bytesDropped", (10_000L - held) * 40);
  }

  @Test
  void manyThreads_loseNothingUncounted() throws Exception {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 5_000; n++) {
                  add(ring, new byte[n % 64], 0);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(ring.heldBytes()).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(list(ring).size() + ring.losses().get("console.writesDropped")).isEqualTo(40_000);
  }

  @Test
  void bytesLeftOut_countAsDropped() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    add(ring, new byte[10], 5_000);

    assertThat(ring.losses()).containsEntry("console.bytesDropped", 5_000L);
  }

  @Test
  void writersWithAnOpenLine_areRemembered_withoutTheirText() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    ring.add(MAIN, 1, ByteBuffer.allocate(10), 0, false);
    for (int i = 0; i < 10_000; i++) {
      ring.add(OTHER, 1, ByteBuffer.allocate(40), 0, true);
    }

    assertThat(ring.lacksPiece(null, next(MAIN))).isTrue();
    assertThat(ring.lacksPiece(null, next(new Writer(true, "main", 1)))).isFalse();
    assertThat(ring.lacksPiece(null, next(OTHER))).isFalse();
  }

  @Test
  void writesOfManyThreads_areReadBackOnce_inOrderPerThread() throws Exception {
    ConsoleRing ring = new ConsoleRing(4 << 20);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Writer writer = new Writer(false, "t" + i, i);
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 2_000; n++) {
                  ring.add(
                      writer, n, text(writer.thread() + ":" + n + ".".repeat(n % 50)), 0, true);
                }
              });
      threads.add(thread);
      thread.start();
    }
    ConsoleSnapshot early = ring.snapshot();
    for (Thread thread : threads) {
      thread.join();
    }

    int[] seen = new int[8];
    long before = -1;
    for (ConsoleWrite consoleWrite : early.and(ring.snapshot())) {
      int n = seen[consoleWrite.writer().identity()]++;
      assertThat(new String(consoleWrite.bytes(), StandardCharsets.UTF_8))
          .isEqualTo(consoleWrite.writer().thread() + ":" + n + ".".repeat(n % 50));
      assertThat(consoleWrite.sequence()).isGreaterThan(before);
      before = consoleWrite.sequence();
    }
    assertThat(seen).containsOnly(2_000);
  }

  @Test
  void snapshot_isUnchanged_whileTheRingGoesOn() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    ring.add(MAIN, 1, text("first"), 0, true);
    ConsoleSnapshot early = ring.snapshot();
    for (int i = 0; i < 10_000; i++) {
      ring.add(OTHER, 2, text("other"), 0, true);
    }

    assertThat(early).singleElement().satisfies(only -> assertThat(only.writer()).isEqualTo(MAIN));
    assertThat(list(ring)).noneMatch(consoleWrite -> consoleWrite.writer().equals(MAIN));
    assertThat(early.and(ring.snapshot()).iterator().next().writer()).isEqualTo(MAIN);
  }

  @Test
  void largeWrite_isKeptWhole_andInOrder() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    ring.add(MAIN, 1, text("a"), 0, true);
    ring.add(MAIN, 2, ByteBuffer.allocate(20_000), 0, true);
    ring.add(MAIN, 3, text("b"), 0, true);

    assertThat(list(ring))
        .extracting(consoleWrite -> consoleWrite.bytes().length)
        .containsExactly(1, 20_000, 1);
    for (int i = 0; i < 100; i++) {
      ring.add(OTHER, 4, ByteBuffer.allocate(2_000), 0, true);
    }
    assertThat(ring.heldBytes()).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(list(ring)).noneMatch(consoleWrite -> consoleWrite.writer().equals(MAIN));
  }

  @Test
  @Timeout(60)
  void blockOfASuspendedWriter_isStillRead() {
    ConsoleBlock block = new ConsoleBlock(1_000);
    assertThat(block.add(7, MAIN, 1, text("shown"), 0, true)).isTrue();
    assertThat(block.own()).as("owned by another thread").isFalse();

    ConsoleBlock.View view = block.view();

    assertThat(view).isNotNull();
    ConsoleWrite only = view.next();
    assertThat(only).isNotNull();
    assertThat(only.sequence()).isEqualTo(7);
    assertThat(new String(only.bytes(), StandardCharsets.UTF_8)).isEqualTo("shown");
    assertThat(view.next()).isNull();
  }

  private static List<ConsoleWrite> list(ConsoleRing ring) {
    List<ConsoleWrite> all = new ArrayList<>();
    ring.snapshot().forEach(all::add);
    return all;
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(ConsoleRing ring, byte[] bytes, long leftOut) {
    ring.add(MAIN, 0, ByteBuffer.wrap(bytes), leftOut, true);
  }

  private static ConsoleWrite next(Writer writer) {
    return new ConsoleWrite(Long.MAX_VALUE, writer, 5, new byte[1], 0, true);
  }
}
