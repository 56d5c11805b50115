package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLimitsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 128 << 10, 245 << 10, 1 << 20, 2 << 20, 4 << 20, 5 << 20, 1L << 40})
  void within_anyBudget_isNotExceeded(long bytes) {
    EventLimits limits = EventLimits.within(bytes, true);

    assertThat(limits.bytes()).isLessThanOrEqualTo(Math.max(bytes, 4 << 10));
    assertThat(limits.commonEvents()).isBetween(1, 8192);
    assertThat(limits.significantEvents()).isBetween(1, 2048);
  }

  @Test
  void within_withoutStacks_leavesTheirBytesToTheEvents() {
    EventLimits limits = EventLimits.within(256 << 10, false);

    assertThat(limits.stackBytes()).isZero();
    assertThat(limits.wholeBytes()).isGreaterThan(EventLimits.within(256 << 10, true).wholeBytes());
  }

  @Test
  void default_isFiveMebibytes() {
    assertThat(EventLimits.DEFAULT.bytes()).isLessThanOrEqualTo(5 << 20);
  }
}
