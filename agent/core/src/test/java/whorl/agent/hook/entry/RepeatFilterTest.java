package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {
  private static final long WINDOW = 1_000;

  private final AtomicLong now = new AtomicLong(5);
  private final RepeatFilter repeatFilter = new RepeatFilter(WINDOW, now::get);

  @Test
  void sameText_isAdmittedOnceInAWindow_andCountedExactly() {
    assertThat(repeatFilter.admit("spel", "a + b")).isZero();
    for (int i = 0; i < 100_000; i++) {
      assertThat(repeatFilter.admit("spel", "a + b")).isEqualTo(RepeatFilter.SUPPRESSED);
    }
    assertThat(repeatFilter.repeated()).isEqualTo(100_000);
    now.addAndGet(WINDOW);
    assertThat(repeatFilter.admit("spel", "a + b")).isEqualTo(100_000);
    assertThat(repeatFilter.admit("spel", "a + b")).isEqualTo(RepeatFilter.SUPPRESSED);
  }

  @Test
  void otherKindOrText_isAdmitted() {
    assertThat(repeatFilter.admit("spel", "a")).isZero();
    assertThat(repeatFilter.admit("ognl", "a")).isZero();
    assertThat(repeatFilter.admit("spel", "b")).isZero();
    assertThat(repeatFilter.repeated()).isZero();
  }

  @Test
  void textsWithTheSameHashCode_areDistinguished() {
    assertThat("AaAa".hashCode()).isEqualTo("BBBB".hashCode());
    assertThat(repeatFilter.admit("spel", "AaAa")).isZero();
    assertThat(repeatFilter.admit("spel", "BBBB")).isZero();
  }

  @Test
  void moreThanTheTableHolds_isAdmittedAgain() {
    for (int i = 0; i < 50_000; i++) {
      repeatFilter.admit("spel", "x" + i);
    }
    assertThat(repeatFilter.admit("spel", "new")).isZero();
    assertThat(repeatFilter.admit("spel", "new")).isEqualTo(RepeatFilter.SUPPRESSED);
  }
}
