package whorl.agent.event.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {
  @Test
  void admits_beyondTheLimit_refusesAndCounts_untilTheNextSecond() {
    RateLimit limit = new RateLimit(3);
    long second = 1_000_000_000L;

    int admitted = 0;
    for (int i = 0; i < 10; i++) {
      admitted += limit.admits(second) ? 1 : 0;
    }

    assertThat(admitted).isEqualTo(3);
    assertThat(limit.refused()).isEqualTo(7);
    assertThat(limit.admits(2 * second)).isTrue();
  }
}
