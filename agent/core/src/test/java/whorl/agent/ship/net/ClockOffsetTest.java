package whorl.agent.ship.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockOffsetTest {
  private static final Instant ARRIVED = Instant.parse("2026-11-24T10:00:00Z");

  /** Milliseconds; the reported time is relative to the arrival. */
  @ParameterizedTest
  @CsvSource({
    // one clock: at any moment within the round trip
    "40, -40, 0",
    "40, -16, 0",
    "40, 0, 0",
    "0, -2, 0",
    // clocks that differ by more than the round trip explains
    "40, -100, -80",
    "40, 100, 120",
    "0, 3600000, 3600000",
    "40, -86400020, -86400000",
  })
  void of_differenceBelowItsUncertainty_isZero(long roundTrip, long reported, long offset) {
    assertThat(ClockOffset.of(ARRIVED, ARRIVED.plusMillis(reported), Duration.ofMillis(roundTrip)))
        .isEqualTo(Duration.ofMillis(offset));
  }
}
