package whorl.collector.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeriodicTasksTest {
  private static final Duration SOON = Duration.ofMillis(1);

  private final AtomicInteger passes = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  @Test
  void taskThatFails_runsAgain_andStopsNoOtherOnItsThread() {
    try (PeriodicTasks tasks = new PeriodicTasks("test")) {
      tasks
          .every(
              SOON,
              "failing",
              () -> {
                if (failures.incrementAndGet() % 2 == 0) {
                  throw new IOException("away");
                }
                throw new NoClassDefFoundError("a/B");
              })
          .every(SOON, "working", passes::incrementAndGet);

      await().until(() -> failures.get() > 3 && passes.get() > 3);
    }
  }

  @Test
  void close_waitsForARunningPass_andStartsNoOther() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    PeriodicTasks tasks =
        PeriodicTasks.start(
            "test",
            SOON,
            () -> {
              begun.countDown();
              Thread.sleep(200);
              passes.incrementAndGet();
              ended.set(true);
            });
    await().until(() -> begun.getCount() == 0);

    tasks.close();

    assertThat(ended).isTrue();
    int before = passes.get();
    await().during(Duration.ofMillis(300)).until(() -> passes.get() == before);
  }
}
