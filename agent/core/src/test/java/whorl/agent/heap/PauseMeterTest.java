package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PauseMeterTest {
  private static final Duration STANDSTILL = Duration.ofMillis(200);

  @Test
  void standstillBeforeItsThreadRuns_isMeasuredWhole() throws Exception {
    CountDownLatch over = new CountDownLatch(1);

    try (PauseMeter meter = PauseMeter.start(work -> new Thread(() -> after(over, work)))) {
      TimeUnit.MILLISECONDS.sleep(STANDSTILL.toMillis());
      over.countDown();

      assertThat(meter.stop()).isGreaterThanOrEqualTo(STANDSTILL);
    }
  }

  /** More than one attempt, because a busy machine pauses by itself. */
  @Test
  void noStandstill_isShort() {
    Awaitility.await().until(() -> measured().compareTo(STANDSTILL) < 0);
  }

  private static Duration measured() throws InterruptedException {
    try (PauseMeter meter = PauseMeter.start(Thread::new)) {
      TimeUnit.MILLISECONDS.sleep(2 * STANDSTILL.toMillis());
      return meter.stop();
    }
  }

  private static void after(CountDownLatch over, Runnable work) {
    try {
      over.await();
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
