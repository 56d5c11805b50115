package whorl.agent.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleRingTest {
  private static final long MAX_BYTES = 100_000;

  @Test
  void ring_staysWithinItsBytes_andCountsWhatItDrops() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    for (int i = 0; i < 10_000; i++) {
      ring.add(written(new byte[40], 0));
    }

    assertThat(ring.heldBytes()).isLessThanOrEqualTo(MAX_BYTES);
    int held = ring.snapshot().size();
    assertThat(held)
        .isEqualTo((int) (MAX_BYTES / (40 + ConsoleRing.BESIDE_BYTES + 2 * "main".length())));
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
                  ring.add(written(new byte[n % 64], 0));
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(ring.heldBytes()).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(ring.snapshot().size() + ring.losses().get("console.writesDropped"))
        .isEqualTo(40_000);
  }

  @Test
  void bytesThatWereNeverKept_areDroppedOnes() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    ring.add(written(new byte[10], 5_000));

    assertThat(ring.losses()).containsEntry("console.bytesDropped", 5_000L);
  }

  @Test
  void writersThatLeftALineOpen_areRemembered_withoutWhatTheyWrote() {
    ConsoleRing ring = new ConsoleRing(MAX_BYTES);
    ring.add(new Written(false, 1, "main", 1, new byte[10], 0, false));
    for (int i = 0; i < 10_000; i++) {
      ring.add(written(new byte[40], 0, 2));
    }

    assertThat(ring.lacksPiece(null, new Written(false, 5, "main", 1, new byte[1], 0, true)))
        .isTrue();
    assertThat(ring.lacksPiece(null, new Written(true, 5, "main", 1, new byte[1], 0, true)))
        .isFalse();
    assertThat(ring.lacksPiece(null, new Written(false, 5, "other", 2, new byte[1], 0, true)))
        .isFalse();
  }

  private static Written written(byte[] bytes, long leftOut, int thread) {
    return new Written(false, 0, "other", thread, bytes, leftOut, true);
  }

  private static Written written(byte[] bytes, long leftOut) {
    return new Written(false, 0, "main", 1, bytes, leftOut, true);
  }
}
