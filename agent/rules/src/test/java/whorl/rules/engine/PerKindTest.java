package whorl.rules.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PerKindTest {
  private static final long NOON = 1_796_000_000_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final PerKind limit = new PerKind(2);

  @Test
  void admits_floodOfOneKind_leavesAnotherItsOwnLimit() {
    assertThat(limit.admits("one", NOON)).isTrue();
    assertThat(limit.admits("one", NOON)).isTrue();
    assertThat(limit.admits("one", NOON)).isFalse();
    assertThat(limit.admits("another", NOON)).isTrue();
    assertThat(limit.admits("one", NOON + SECOND)).isTrue();
  }

  @Test
  void admits_moreKindsThanSlots_isStillBounded() {
    int admitted = 0;
    for (int i = 0; i < 1_000; i++) {
      admitted += limit.admits("kind " + i, NOON) ? 1 : 0;
    }
    assertThat(admitted).isBetween(60, 70);
  }
}
