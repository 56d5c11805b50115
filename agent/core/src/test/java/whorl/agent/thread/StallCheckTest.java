package whorl.agent.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StallCheckTest {
  private static final long SECOND = 1_000_000_000L;

  private final StallCheck check = new StallCheck(4, 3 * SECOND, 0);
  private long now;

  private boolean round(int others, int seconds) {
    now += seconds * SECOND;
    return check.isStalled(others, now);
  }

  @Test
  void isStalled_fourRoundsWithoutOneOfTheOther_isTrueOnce_untilItGoesOn() {
    assertThat(round(1, 2)).isFalse();
    assertThat(round(1, 2)).isFalse();
    assertThat(round(1, 2)).isFalse();
    assertThat(round(1, 2)).isFalse();
    assertThat(round(1, 2)).isTrue();
    assertThat(round(1, 2)).isFalse();

    assertThat(round(2, 2)).isFalse();
    for (int i = 0; i < 3; i++) {
      assertThat(round(2, 2)).isFalse();
    }
    assertThat(round(2, 2)).isTrue();
  }

  @Test
  void isStalled_ownRoundsThatComeLate_countNothing() {
    assertThat(round(1, 2)).isFalse();
    for (int i = 0; i < 20; i++) {
      assertThat(round(1, 5)).as("an overloaded machine").isFalse();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(round(1, 2)).isFalse();
    }
    assertThat(round(1, 2)).isTrue();
  }
}
