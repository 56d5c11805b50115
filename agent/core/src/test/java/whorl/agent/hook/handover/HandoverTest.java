package whorl.agent.hook.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.RequestContext;

class HandoverTest {
  private static final RequestContext ONE = new RequestContext("1", "GET", "/one", "::1");
  private static final RequestContext OTHER = new RequestContext("2", "GET", "/other", "::1");

  private final Handover handover = new Handover();
  private final Runnable task = () -> {};

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private void handIn(RequestContext request) {
    CurrentRequest.set(request);
    handover.accept(task, Handover.HANDED_IN);
    CurrentRequest.set(null);
  }

  @Test
  void takenUp_isTheRequestsUntilDone() {
    handIn(ONE);

    handover.accept(task, Handover.TAKEN_UP);
    assertThat(CurrentRequest.get()).isSameAs(ONE);
    handover.accept(null, Handover.DONE);
    assertThat(CurrentRequest.get()).isNull();

    handover.accept(task, Handover.TAKEN_UP);
    assertThat(CurrentRequest.get()).as("once").isNull();
  }

  @Test
  void takenUp_afterATaskThatThrew_isItsOwn() {
    handIn(ONE);
    handover.accept(task, Handover.TAKEN_UP);

    handover.accept(new Object(), Handover.TAKEN_UP);

    assertThat(CurrentRequest.get()).isNull();
  }

  @Test
  void worker_doesNotKeepWhatItInherited() {
    CurrentRequest.set(ONE);

    handover.accept(new Object(), Handover.WORKER);

    assertThat(CurrentRequest.get()).isNull();
  }

  @Test
  void entered_withinAnotherRequest_putsThatBack() {
    handIn(ONE);
    CurrentRequest.set(OTHER);

    handover.accept(task, Handover.ENTERED);
    assertThat(CurrentRequest.get()).isSameAs(ONE);
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
  }

  @Test
  void entered_ofNoRequest_withinOne_isOfNone() {
    CurrentRequest.set(OTHER);

    handover.accept(task, Handover.ENTERED);
    assertThat(CurrentRequest.get()).isNull();
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
  }

  @Test
  void begun_isTheRequestsOnce_andOfNothingHandedInChangesNothing() {
    handIn(ONE);
    handover.accept(task, Handover.BEGUN);
    assertThat(CurrentRequest.get()).isSameAs(ONE);
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isNull();

    CurrentRequest.set(OTHER);
    handover.accept(task, Handover.BEGUN);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
  }

  @Test
  void scheduledTask_isTheRequestsOnce_andAPeriodicOneAgainAndAgain() {
    ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
    try {
      Object once = pool.schedule(() -> {}, 1, TimeUnit.HOURS);
      Object periodic = pool.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.HOURS);
      CurrentRequest.set(ONE);
      handover.accept(once, Handover.HANDED_IN);
      handover.accept(periodic, Handover.HANDED_IN);

      assertThat(takenUp(once)).isSameAs(ONE);
      assertThat(takenUp(once)).as("once").isNull();
      assertThat(takenUp(periodic)).isSameAs(ONE);
      assertThat(takenUp(periodic)).isSameAs(ONE);
    } finally {
      pool.shutdownNow();
    }
  }

  private @Nullable RequestContext takenUp(Object one) {
    handover.accept(one, Handover.TAKEN_UP);
    RequestContext found = CurrentRequest.get();
    handover.accept(null, Handover.DONE);
    return found;
  }

  @Test
  void resumed_ofNothingHandedIn_changesNothing() {
    CurrentRequest.set(OTHER);

    handover.accept(task, Handover.RESUMED);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
  }

  @Test
  void resumed_severalTimes_isTheRequestsEachTime() {
    handIn(ONE);

    for (int i = 0; i < 2; i++) {
      handover.accept(task, Handover.RESUMED);
      assertThat(CurrentRequest.get()).isSameAs(ONE);
      handover.accept(task, Handover.LEFT);
      assertThat(CurrentRequest.get()).isNull();
    }
  }

  @Test
  void stepsOfVirtualThreads_areLeftAlone() {
    CurrentRequest.set(ONE);
    Object step = "of java.lang";
    handover.accept(step, Handover.HANDED_IN);
    CurrentRequest.set(null);

    handover.accept(step, Handover.TAKEN_UP);

    assertThat(CurrentRequest.get()).isNull();
  }
}
