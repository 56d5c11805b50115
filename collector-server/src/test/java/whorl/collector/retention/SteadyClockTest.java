package whorl.collector.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final AtomicReference<Instant> wall = new AtomicReference<>(START);
  private final AtomicLong nanos = new AtomicLong(77);

  @Test
  void steadyClock_isTrusted() {
    SteadyClock clock = clock(START.minusSeconds(60));
    for (int hour = 0; hour < 100; hour++) {
      assertThat(clock.doubt()).isNull();
      advance(Duration.ofHours(1));
      wall.updateAndGet(now -> now.plusSeconds(20));
    }
  }

  @Test
  void jumpInEitherDirection_isDoubtedForADay() {
    for (Duration jump : new Duration[] {Duration.ofDays(1), Duration.ofDays(-1)}) {
      SteadyClock clock = clock(null);
      assertThat(clock.doubt()).isNull();
      wall.updateAndGet(now -> now.plus(jump));
      SteadyClock.Doubt doubt = clock.doubt();
      assertThat(doubt).isNotNull();
      assertThat(doubt.why()).contains("jumped", "by 1 d 0 h");
      assertThat(doubt.until()).isEqualTo(wall.get().plus(Duration.ofDays(1)));

      advance(Duration.ofHours(23));
      assertThat(clock.doubt()).isNotNull();
      advance(Duration.ofHours(1));
      assertThat(clock.doubt()).isNull();
    }
  }

  @Test
  void jumpBack_startsTheDayAgain() {
    SteadyClock clock = clock(null);
    wall.updateAndGet(now -> now.plus(Duration.ofDays(365)));
    assertThat(clock.doubt()).isNotNull();
    advance(Duration.ofHours(12));
    wall.updateAndGet(now -> now.minus(Duration.ofDays(365)));
    assertThat(clock.doubt()).isNotNull();
    advance(Duration.ofHours(13));
    assertThat(clock.doubt()).isNotNull();
    advance(Duration.ofHours(12));
    assertThat(clock.doubt()).isNull();
  }

  @Test
  void startLongAfterTheLastEntry_orBeforeIt_isDoubtedForADay() {
    assertThat(clock(START.minus(Duration.ofHours(23))).doubt()).isNull();
    SteadyClock down = clock(START.minus(Duration.ofDays(40)));
    assertThat(down.doubt()).isNotNull();
    assertThat(down.doubt().why()).contains("away for 40 d 0 h", "clock is wrong");
    assertThat(clock(START.plus(Duration.ofHours(2))).doubt().why())
        .contains("2 h 0 min behind the last entry");
    advance(Duration.ofHours(24));
    assertThat(down.doubt()).isNull();
  }

  private SteadyClock clock(@Nullable Instant lastKnown) {
    return new SteadyClock(wall::get, nanos::get, lastKnown);
  }

  private void advance(Duration time) {
    wall.updateAndGet(now -> now.plus(time));
    nanos.addAndGet(time.toNanos());
  }
}
