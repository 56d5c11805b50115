package whorl.agent.hook.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.request.CurrentRequest;
import whorl.event.RequestContext;
import whorl.event.StackEnd;

class HandoverTest {
  private static final RequestContext ONE = new RequestContext("1", "GET", "/one", "::1");
  private static final RequestContext OTHER = new RequestContext("2", "GET", "/other", "::1");

  private final Handover handover = new Handover();
  private final Runnable task = () -> {};
  private int submissions;

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private void submit(RequestContext request) {
    CurrentRequest.set(request);
    handover.accept(task, Handover.SUBMITTED);
    CurrentRequest.set(null);
  }

  @Test
  void taken_setsTheRequestUntilDone() {
    submit(ONE);

    handover.accept(task, Handover.TAKEN);
    assertThat(CurrentRequest.get()).isSameAs(ONE);
    handover.accept(null, Handover.DONE);
    assertThat(CurrentRequest.get()).isNull();

    handover.accept(task, Handover.TAKEN);
    assertThat(CurrentRequest.get()).as("once").isNull();
  }

  @Test
  void taken_afterATaskThatThrew_setsNoRequest() {
    submit(ONE);
    handover.accept(task, Handover.TAKEN);

    handover.accept(new Object(), Handover.TAKEN);

    assertThat(CurrentRequest.get()).isNull();
  }

  @Test
  void worker_dropsTheInheritedRequest() {
    CurrentRequest.set(ONE);

    handover.accept(new Object(), Handover.WORKER);

    assertThat(CurrentRequest.get()).isNull();
  }

  @Test
  void entered_withinAnotherRequest_restoresThatOne() {
    submit(ONE);
    CurrentRequest.set(OTHER);

    handover.accept(task, Handover.ENTERED);
    assertThat(CurrentRequest.get()).isSameAs(ONE);
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
  }

  @Test
  void entered_withoutRequest_withinOne_setsNone() {
    CurrentRequest.set(OTHER);

    handover.accept(task, Handover.ENTERED);
    assertThat(CurrentRequest.get()).isNull();
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
  }

  @Test
  void begun_setsTheRequestOnce_andChangesNothingForOtherTasks() {
    submit(ONE);
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
  void scheduledTask_setsTheRequestOnce_andAPeriodicOneEachTime() {
    ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
    try {
      Object once = pool.schedule(() -> {}, 1, TimeUnit.HOURS);
      Object periodic = pool.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.HOURS);
      CurrentRequest.set(ONE);
      handover.accept(once, Handover.SUBMITTED);
      handover.accept(periodic, Handover.SUBMITTED);

      assertThat(taken(once)).isSameAs(ONE);
      assertThat(taken(once)).as("once").isNull();
      assertThat(taken(periodic)).isSameAs(ONE);
      assertThat(taken(periodic)).isSameAs(ONE);
    } finally {
      pool.shutdownNow();
    }
  }

  private @Nullable RequestContext taken(Object submittedTask) {
    handover.accept(submittedTask, Handover.TAKEN);
    RequestContext found = CurrentRequest.get();
    handover.accept(null, Handover.DONE);
    return found;
  }

  @Test
  void taskOfATimer_setsTheRequestEachTime() throws InterruptedException {
    List<RequestContext> requests = new CopyOnWriteArrayList<>();
    CountDownLatch runs = new CountDownLatch(3);
    Timer timer = new Timer(true);
    TimerTask repeated =
        new TimerTask() {
          @Override
          public void run() {
            handover.accept(this, Handover.TAKEN);
            requests.add(CurrentRequest.get());
            handover.accept(null, Handover.DONE);
            runs.countDown();
          }
        };
    CurrentRequest.set(ONE);
    handover.accept(repeated, Handover.SUBMITTED);

    timer.schedule(repeated, 0, 1);

    assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
    timer.cancel();
    assertThat(requests.subList(0, 3)).containsExactly(ONE, ONE, ONE);
  }

  @Test
  void taskOfATimer_thatAnotherRequestCannotSchedule_keepsItsRequest() {
    TimerTask scheduled =
        new TimerTask() {
          @Override
          public void run() {}
        };
    CurrentRequest.set(ONE);
    handover.accept(scheduled, Handover.SUBMITTED);

    CurrentRequest.set(OTHER);
    handover.accept(scheduled, Handover.SUBMITTED);
    CurrentRequest.set(null);

    assertThat(taken(scheduled)).isSameAs(ONE);
  }

  @Test
  void taskOfATimer_thatAPoolRuns_setsTheRequestOnce() {
    TimerTask submitted =
        new TimerTask() {
          @Override
          public void run() {}
        };
    CurrentRequest.set(ONE);
    handover.accept(submitted, Handover.SUBMITTED);
    CurrentRequest.set(null);

    assertThat(taken(submitted)).isSameAs(ONE);
    assertThat(taken(submitted)).isNull();
  }

  @Test
  void resumed_otherTask_changesNothing() {
    CurrentRequest.set(OTHER);

    handover.accept(task, Handover.RESUMED);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
    handover.accept(task, Handover.LEFT);
    assertThat(CurrentRequest.get()).isSameAs(OTHER);
  }

  @Test
  void resumed_severalTimes_setsTheRequestEachTime() {
    submit(ONE);

    for (int i = 0; i < 2; i++) {
      handover.accept(task, Handover.RESUMED);
      assertThat(CurrentRequest.get()).isSameAs(ONE);
      handover.accept(task, Handover.LEFT);
      assertThat(CurrentRequest.get()).isNull();
    }
  }

  /** Such a task would work for its request, and nobody would see that it does. */
  @Test
  void submitted_whereTheStackHasNoRoom_isCountedAsThat() throws InterruptedException {
    int before = StackEnd.count();
    Thread thread =
        new Thread(
            null,
            () -> {
              CurrentRequest.set(ONE);
              submitAtTheEnd();
            },
            "deep",
            4 << 20);
    thread.start();
    thread.join();

    assertThat(handover.lost()).isPositive();
    assertThat(StackEnd.count() - before).isGreaterThanOrEqualTo((int) handover.lost());
  }

  private void submitAtTheEnd() {
    try {
      submitAtTheEnd();
    } catch (StackOverflowError end) {
      // Here it begins.
    }
    if (submissions < 400) {
      submissions++;
      try {
        handover.accept(task, Handover.SUBMITTED);
      } catch (StackOverflowError noRoom) {
        // The holder class counts it.
      }
    }
  }

  @Test
  void stepsOfVirtualThreads_areIgnored() {
    CurrentRequest.set(ONE);
    Object step = "of java.lang";
    handover.accept(step, Handover.SUBMITTED);
    CurrentRequest.set(null);

    handover.accept(step, Handover.TAKEN);

    assertThat(CurrentRequest.get()).isNull();
  }
}
