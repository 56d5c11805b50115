package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackgroundYieldTest {
  private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(10);

  private long nowNanos;
  private long waitedNanos;
  private int yields;

  @Test
  void work_onAnIdleMachine_yieldsEveryTenthOfAMillisecond() {
    long workedNanos = work(0, 1_000);

    assertThat(yields).isEqualTo(100);
    assertThat(nowNanos).isEqualTo(workedNanos);
  }

  @Test
  void work_onABusyMachine_waitsNoLongerThanItWorks() {
    long workedNanos = work(TimeUnit.MILLISECONDS.toNanos(24), 100_000);

    assertThat(yields).isGreaterThan(10);
    assertThat(waitedNanos).isLessThan(workedNanos + TimeUnit.MILLISECONDS.toNanos(24));
  }

  @Test
  void work_afterALongTimeAlone_doesNotWaitAsLongLater() {
    BackgroundYield backgroundYield =
        new BackgroundYield(() -> nowNanos, () -> waitFor(TimeUnit.SECONDS.toNanos(1)));
    nowNanos += TimeUnit.SECONDS.toNanos(60);
    backgroundYield.giveWay();
    for (int i = 0; i < 1_000; i++) {
      nowNanos += STEP_NANOS;
      backgroundYield.giveWay();
    }

    assertThat(yields).isEqualTo(1);
  }

  private long work(long eachYieldNanos, int steps) {
    BackgroundYield backgroundYield =
        new BackgroundYield(() -> nowNanos, () -> waitFor(eachYieldNanos));
    for (int i = 0; i < steps; i++) {
      nowNanos += STEP_NANOS;
      backgroundYield.giveWay();
    }
    return steps * STEP_NANOS;
  }

  private void waitFor(long nanos) {
    yields++;
    waitedNanos += nanos;
    nowNanos += nanos;
  }
}
