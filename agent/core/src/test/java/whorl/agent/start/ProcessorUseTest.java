package whorl.agent.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class ProcessorUseTest {
  @Test
  void sinceLast_isTheShareOfOneProcessor() {
    AtomicLong used = new AtomicLong();
    ProcessorUse use = new ProcessorUse(used::get);

    assertThat(use.sinceLast()).isZero();
    used.addAndGet(Duration.ofDays(1).toNanos());
    assertThat(use.sinceLast()).isGreaterThan(1);
    assertThat(use.sinceLast()).isZero();
  }

  @Test
  void sinceLast_ofThisJvm_growsWithItsWork() {
    ProcessorUse use = new ProcessorUse(null);

    Awaitility.await()
        .pollInSameThread()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              long end = System.nanoTime() + Duration.ofMillis(200).toNanos();
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              return use.sinceLast() > 0.01;
            });
  }
}
