package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PauseMeterTest {
  private static final Duration PAUSE = Duration.ofMillis(200);

  @Test
  void pauseBeforeItsThreadRuns_isMeasuredCompletely() throws Exception {
    CountDownLatch over = new CountDownLatch(1);

    try (PauseMeter meter = PauseMeter.start(work -> new Thread(() -> after(over, work)))) {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      over.countDown();

      assertThat(meter.stop()).isGreaterThanOrEqualTo(PAUSE);
    }
  }

  /** More than one attempt, because a busy machine pauses by itself. */
  @Test
  void noPause_isShort() {
    Awaitility.await().until(() -> measured().compareTo(PAUSE) < 0);
  }

  private static Duration measured() throws InterruptedException {
    try (PauseMeter meter = PauseMeter.start(Thread::new)) {
      TimeUnit.MILLISECONDS.sleep(2 * PAUSE.toMillis());
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
