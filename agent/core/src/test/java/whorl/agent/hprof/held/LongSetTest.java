package whorl.agent.hprof.held;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LongSetTest {
  @Test
  void add_manyIdentifiers_keepsEachOnce() throws IOException {
    LongSet set = new LongSet(new HoldBudget(1 << 20));
    Random random = new Random(3);
    Set<Long> expected = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      // addresses like HotSpot's: multiples of eight, near each other
      long id = 0x7F00_0000_0000L + 8L * random.nextInt(15_000);
      assertThat(set.add(id)).isEqualTo(expected.add(id));
    }

    assertThat(set.size()).isEqualTo(expected.size());
    for (int i = 0; i < 15_000; i++) {
      long id = 0x7F00_0000_0000L + 8L * i;
      assertThat(set.contains(id)).isEqualTo(expected.contains(id));
    }
  }

  @Test
  void add_zero_isNoIdentifier() throws IOException {
    LongSet set = new LongSet(new HoldBudget(1 << 20));

    assertThat(set.add(0)).isFalse();
    assertThat(set.contains(0)).isFalse();
    assertThat(set.size()).isZero();
  }

  @Test
  void add_moreThanTheBudget_fails() {
    LongSet set = new LongSet(new HoldBudget(10_000));

    assertThatThrownBy(
            () -> {
              for (int i = 1; i < 10_000; i++) {
                set.add(i);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("10000 bytes");
  }

  @Test
  void clear_full_givesItsMemoryBack() throws IOException {
    HoldBudget budget = new HoldBudget(100_000);
    LongSet set = new LongSet(budget);
    for (int round = 0; round < 20; round++) {
      for (int i = 1; i < 4_000; i++) {
        set.add(i);
      }
      assertThat(set.contains(3_999)).isTrue();
      set.clear();
      assertThat(set.contains(3_999)).isFalse();
    }
    assertThat(budget.peakBytes()).isLessThan(100_000);
  }
}
