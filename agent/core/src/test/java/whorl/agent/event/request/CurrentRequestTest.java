package whorl.agent.event.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

class CurrentRequestTest {
  private final RequestContext request = new RequestContext("k3x-1", "GET", "/products", "::1");
  private final AtomicReference<RequestContext> seen = new AtomicReference<>();

  @AfterEach
  void clearRequest() {
    CurrentRequest.set(null);
  }

  private Thread inheritingNothing(Runnable work) {
    return new Thread(null, work, "t", 0, false);
  }

  private static void run(Thread thread) throws InterruptedException {
    thread.start();
    thread.join();
  }

  @Test
  void get_threadThatInheritsNothing_hasTheRequestThatStartedIt() throws Exception {
    Thread thread = inheritingNothing(() -> seen.set(CurrentRequest.get()));
    CurrentRequest.set(request);

    CurrentRequest.starting(thread);
    run(thread);

    assertThat(seen.get()).isSameAs(request);
  }

  @Test
  void set_nullOnAStartedThread_forgetsTheStartingRequest() throws Exception {
    Thread thread =
        inheritingNothing(
            () -> {
              CurrentRequest.set(null);
              seen.set(CurrentRequest.get());
            });
    CurrentRequest.set(request);

    CurrentRequest.starting(thread);
    run(thread);

    assertThat(seen.get()).isNull();
  }

  @Test
  void starting_withoutARequest_recordsNothing() throws Exception {
    Thread thread = inheritingNothing(() -> seen.set(CurrentRequest.get()));

    CurrentRequest.starting(thread);
    run(thread);

    assertThat(seen.get()).isNull();
  }

  @Test
  void get_soonAfterTheResponse_isTheRequest() {
    CurrentRequest.set(request);

    request.end(System.nanoTime());

    assertThat(CurrentRequest.get()).isSameAs(request);
  }

  @Test
  void get_longAfterTheResponse_hasOnlyTheIdOfTheStartingRequest() {
    CurrentRequest.set(request);

    request.end(System.nanoTime() - RequestContext.GRACE_NANOS - 1);

    RequestContext left = CurrentRequest.get();
    assertThat(left).isNotNull();
    assertThat(left.isStart()).isTrue();
    assertThat(left.id()).isEqualTo("k3x-1");
    assertThat(left.path()).isEmpty();
    assertThat(CurrentRequest.get()).isSameAs(left);
  }

  @Test
  void toLine_longAfterTheResponse_hasOnlyStartedBy() {
    AgentEvent event =
        AgentEvent.here(
            EventType.LIBRARY_LOAD, 1, 2, new RequestContext("k3x-1", "", "", ""), "/libx.so");

    assertThat(event.toLine().fields())
        .containsEntry("request.startedBy", "k3x-1")
        .doesNotContainKeys("request.id", "request.path");
  }
}
