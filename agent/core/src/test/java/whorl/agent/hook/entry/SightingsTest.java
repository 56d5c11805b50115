package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SightingsTest {
  private static final long WINDOW = 1_000;

  private final AtomicLong now = new AtomicLong(5);
  private final Sightings sightings = new Sightings(WINDOW, now::get);

  @Test
  void sameText_isToldOnceInAWindow_andCountedExactly() {
    assertThat(sightings.before("spel", "a + b")).isZero();
    for (int i = 0; i < 100_000; i++) {
      assertThat(sightings.before("spel", "a + b")).isEqualTo(Sightings.NOT_AGAIN);
    }
    assertThat(sightings.repeated()).isEqualTo(100_000);
    now.addAndGet(WINDOW);
    assertThat(sightings.before("spel", "a + b")).isEqualTo(100_000);
    assertThat(sightings.before("spel", "a + b")).isEqualTo(Sightings.NOT_AGAIN);
  }

  @Test
  void otherKindOrText_isToldForItself() {
    assertThat(sightings.before("spel", "a")).isZero();
    assertThat(sightings.before("ognl", "a")).isZero();
    assertThat(sightings.before("spel", "b")).isZero();
    assertThat(sightings.repeated()).isZero();
  }

  @Test
  void textsWithTheSameHashCode_areToldApart() {
    assertThat("AaAa".hashCode()).isEqualTo("BBBB".hashCode());
    assertThat(sightings.before("spel", "AaAa")).isZero();
    assertThat(sightings.before("spel", "BBBB")).isZero();
  }

  @Test
  void moreThanTheTableHolds_isToldAgainRatherThanForgotten() {
    for (int i = 0; i < 50_000; i++) {
      sightings.before("spel", "x" + i);
    }
    assertThat(sightings.before("spel", "new")).isZero();
    assertThat(sightings.before("spel", "new")).isEqualTo(Sightings.NOT_AGAIN);
  }
}
