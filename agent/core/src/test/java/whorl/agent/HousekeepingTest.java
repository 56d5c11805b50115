package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;

class HousekeepingTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final AtomicInteger walks = new AtomicInteger();
  private final AtomicLong now = new AtomicLong();
  private final Runnable check = Housekeeping.stallCheck(walks, sink, now::get);

  private void seconds(int seconds) {
    for (int second = 0; second < seconds; second++) {
      now.addAndGet(TimeUnit.SECONDS.toNanos(1));
      check.run();
    }
  }

  @Test
  void stallCheck_serversAreWalked_reportsNothing() {
    for (int walk = 0; walk < 10; walk++) {
      seconds(50);
      walks.incrementAndGet();
    }

    assertThat(sink.snapshot()).isEmpty();
  }

  @Test
  void stallCheck_walkThatNeverEnds_isReportedOnce() {
    walks.incrementAndGet();
    seconds(200);

    assertThat(sink.snapshot())
        .singleElement()
        .extracting(event -> event.toLine().fields())
        .isEqualTo(
            Map.of(
                "what", "agent-thread-stalled",
                "target", "whorl-registrations",
                "detail", "no round in a minute"));
  }
}
