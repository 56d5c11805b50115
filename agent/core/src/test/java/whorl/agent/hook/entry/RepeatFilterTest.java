package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {
  private static final long WINDOW = 1_000;

  private final AtomicLong now = new AtomicLong(5);
  private final RepeatFilter repeatFilter = new RepeatFilter(WINDOW, now::get);

  @Test
  void sameText_isToldOnceInAWindow_andCountedExactly() {
    assertThat(repeatFilter.before("spel", "a + b")).isZero();
    for (int i = 0; i < 100_000; i++) {
      assertThat(repeatFilter.before("spel", "a + b")).isEqualTo(RepeatFilter.NOT_AGAIN);
    }
    assertThat(repeatFilter.repeated()).isEqualTo(100_000);
    now.addAndGet(WINDOW);
    assertThat(repeatFilter.before("spel", "a + b")).isEqualTo(100_000);
    assertThat(repeatFilter.before("spel", "a + b")).isEqualTo(RepeatFilter.NOT_AGAIN);
  }

  @Test
  void otherKindOrText_isToldForItself() {
    assertThat(repeatFilter.before("spel", "a")).isZero();
    assertThat(repeatFilter.before("ognl", "a")).isZero();
    assertThat(repeatFilter.before("spel", "b")).isZero();
    assertThat(repeatFilter.repeated()).isZero();
  }

  @Test
  void textsWithTheSameHashCode_areToldApart() {
    assertThat("AaAa".hashCode()).isEqualTo("BBBB".hashCode());
    assertThat(repeatFilter.before("spel", "AaAa")).isZero();
    assertThat(repeatFilter.before("spel", "BBBB")).isZero();
  }

  @Test
  void moreThanTheTableHolds_isToldAgainRatherThanForgotten() {
    for (int i = 0; i < 50_000; i++) {
      repeatFilter.before("spel", "x" + i);
    }
    assertThat(repeatFilter.before("spel", "new")).isZero();
    assertThat(repeatFilter.before("spel", "new")).isEqualTo(RepeatFilter.NOT_AGAIN);
  }
}
