package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StackTableTest {
  private static final int BYTES = 64 << 10;

  private final StackTable table = new StackTable(BYTES);

  @Test
  void keep_equalStacks_areOne() {
    long number = table.keep(stack("a", 20));
    long bytes = table.bytes();

    assertThat(table.keep(stack("a", 20))).isEqualTo(number);
    assertThat(table.bytes()).isEqualTo(bytes);
    assertThat(table.view().stack(number)).isEqualTo(stack("a", 20));
  }

  @Test
  void keep_stacksWithTheSameHash_areDistinguished() {
    StackTraceElement[] one = {new StackTraceElement("Aa", "m", null, 1)};
    StackTraceElement[] other = {new StackTraceElement("BB", "m", null, 1)};
    assertThat(one[0].hashCode()).isEqualTo(other[0].hashCode());

    long number = table.keep(one);
    long otherNumber = table.keep(other);

    assertThat(otherNumber).isNotEqualTo(number);
    assertThat(table.view().stack(number)).isEqualTo(one);
    assertThat(table.view().stack(otherNumber)).isEqualTo(other);
  }

  @Test
  void keep_manyStacks_staysWithinTheLimit_andCountsDroppedStacks() {
    long first = table.keep(stack("first", 10));
    long last = first;

    for (int i = 0; i < 5_000; i++) {
      last = table.keep(stack("method" + i, 50));
      assertThat(table.bytes()).isLessThanOrEqualTo(BYTES);
    }

    assertThat(table.view().stack(first)).isNull();
    assertThat(table.view().stack(last)).isEqualTo(stack("method4999", 50));
    assertThat(table.forgotten()).isPositive();
  }

  @Test
  void keep_stackLargerThanTheTable_keepsItsInnermostFrames() {
    StackTraceElement[] large = stack("x".repeat(1_000), 96);

    long number = table.keep(large);

    assertThat(table.view().stack(number)).hasSizeBetween(1, 95).startsWith(large[0], large[1]);
    assertThat(table.bytes()).isLessThanOrEqualTo(BYTES);
  }

  @Test
  void keep_withoutMemory_keepsNone() {
    StackTable none = new StackTable(0);

    assertThat(none.keepsStacks()).isFalse();
    assertThat(none.keep(stack("a", 3))).isEqualTo(StackTable.NONE);
    assertThat(none.view().stack(StackTable.NONE)).isNull();
  }

  @Test
  void keep_byManyThreads_givesEachItsOwnStack() throws InterruptedException {
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      Thread keeper =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  StackTraceElement[] mine = stack("m" + (i * 7 + thread) % 300, 8);
                  StackTable.View before = table.view();
                  StackTraceElement[] kept = table.view().stack(table.keep(mine));
                  kept = kept == null ? before.stack(table.keep(mine)) : kept;
                  if (kept != null && !List.of(kept).equals(List.of(mine))) {
                    wrong.incrementAndGet();
                  }
                }
              });
      keeper.start();
      threads.add(keeper);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(wrong).hasValue(0);
  }

  private static StackTraceElement[] stack(String method, int frames) {
    StackTraceElement[] stack = new StackTraceElement[frames];
    for (int i = 0; i < frames; i++) {
      stack[i] = new StackTraceElement("shop.Cart" + i, method, "Cart.java", i + 1);
    }
    return stack;
  }
}
