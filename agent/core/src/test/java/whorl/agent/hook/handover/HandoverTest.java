package whorl.agent.hook.handover;

import static org.assertj.core.api.Assertions.assertThat;

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
