package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.collector.http.request.Role;

@Timeout(30)
class WorkersTest {
  private final Workers workers = new Workers(new EdgeLimits.Threads(4, 4, 1, 1, 2));
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger done = new AtomicInteger();

  @AfterEach
  void stop() {
    release.countDown();
    workers.stop(Duration.ofSeconds(5));
  }

  @Test
  void client_withManyRequests_leavesWorkersToOthers() {
    for (int i = 0; i < 5; i++) {
      assertThat(workers.submit(Role.AGENT, "greedy", this::block))
          .isEqualTo(Workers.Admission.ADMITTED);
    }
    assertThat(workers.submit(Role.AGENT, "greedy", this::block))
        .as("three running, two waiting")
        .isEqualTo(Workers.Admission.OVER_QUOTA);
    assertThat(workers.submit(Role.AGENT, "other", done::incrementAndGet))
        .isEqualTo(Workers.Admission.ADMITTED);
    await().until(() -> done.get() == 1);
    assertThat(workers.pendingRequests()).isGreaterThanOrEqualTo(5);
    release.countDown();
    await().until(() -> done.get() == 6);
    await().until(() -> workers.pendingRequests() == 0);
  }

  /** Each of them may read a download as slowly as a server allows. */
  @Test
  void threePeople_withManyRequests_leaveWorkersToOthers() {
    for (String person : List.of("one", "two", "three")) {
      for (int i = 0; i < 3; i++) {
        assertThat(workers.submit(Role.VIEWER, person, this::block))
            .isEqualTo(Workers.Admission.ADMITTED);
      }
      assertThat(workers.submit(Role.VIEWER, person, this::block))
          .as("one running, two waiting")
          .isEqualTo(Workers.Admission.OVER_QUOTA);
    }
    assertThat(workers.submit(Role.VIEWER, "other", done::incrementAndGet))
        .isEqualTo(Workers.Admission.ADMITTED);
    await().until(() -> done.get() == 1);
  }

  @Test
  void pool_full_isBusy() {
    for (int i = 0; i < 6; i++) {
      assertThat(workers.submit(Role.AGENT, "client-" + i, this::block))
          .isEqualTo(Workers.Admission.ADMITTED);
    }
    assertThat(workers.submit(Role.AGENT, "client-7", this::block))
        .as("four running, two waiting")
        .isEqualTo(Workers.Admission.BUSY);
    assertThat(workers.submit((Role) null, "probe", done::incrementAndGet))
        .isEqualTo(Workers.Admission.ADMITTED);
    await().until(() -> done.get() == 1);
  }

  private void block() {
    try {
      release.await();
      done.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
