package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.code.StartupPhase;
import whorl.agent.hook.registration.LateRegistrations;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Registered;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

class RegistrationWatchTest {
  private static final RequestContext REQUEST =
      new RequestContext("r1", "GET", "/plugin", "10.0.0.9");

  private final EventSink sink = new EventSink(new EpochClock());
  private final StartupPhase startupPhase = new StartupPhase();
  private final GeneratedClasses made = new GeneratedClasses(sink, startupPhase, 6 << 20);
  private final List<Registered> registered = new ArrayList<>();
  private int walks;
  private long nanos;
  private final RegistrationWatch watch =
      new RegistrationWatch(made, new LateRegistrations(), this::walk, sink, () -> nanos);

  /** The intruder's class. */
  private static final class Shell {}

  @BeforeEach
  void started() {
    startupPhase.end();
  }

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  @Test
  void check_classMadeDuringARequest_isEmittedOnceForThatRequest() {
    made(REQUEST);
    registered.add(new Registered("upgrade-protocol", Shell.class, "shell", "a.Connector"));

    watch.check();
    pass(3);
    watch.check();

    List<AgentEvent> emitted = emitted();
    assertThat(emitted).hasSize(1);
    assertThat(emitted.get(0).request()).isEqualTo(REQUEST);
    assertThat(emitted.get(0).value(0)).isEqualTo("upgrade-protocol");
    assertThat(emitted.get(0).value(1)).isEqualTo(Shell.class.getName());
    assertThat(emitted.get(0).value(2)).isEqualTo("shell");
    assertThat(emitted.get(0).stack()).isNotEmpty();
  }

  @Test
  void check_registeredLater_isFoundWithinSeconds() {
    made(REQUEST);
    watch.check();
    registered.add(new Registered("interceptor", Shell.class, null, "a.Mapping"));
    pass(3);

    watch.check();

    assertThat(emitted()).hasSize(1);
  }

  @Test
  void check_registeredMinutesLater_isFoundEventually() {
    made(REQUEST);
    watch.check();
    pass(300);
    registered.add(new Registered("interceptor", Shell.class, null, "a.Mapping"));

    watch.check();

    assertThat(emitted()).hasSize(1);
  }

  @Test
  void check_noClassMadeDuringARequest_walksNoServer() {
    made(null);
    registered.add(new Registered("filter", Shell.class, null, "a.Context"));

    watch.check();

    assertThat(walks).isZero();
    assertThat(emitted()).isEmpty();
  }

  @Test
  void check_classesMadeAllTheTime_walksOccasionally() {
    for (int i = 0; i < 1_000; i++) {
      made(REQUEST);
      pass(3);
      watch.check();
    }

    // 100 soon after one was made, then one per minute
    assertThat(walks).isBetween(130, 160);
  }

  @Test
  void check_anotherClassOfTheName_isIgnored() throws Exception {
    CurrentRequest.set(REQUEST);
    made.defined(Shell.class.getName(), new ClassLoader() {}, "loader", new byte[] {1}, false);
    registered.add(new Registered("filter", Shell.class, null, "a.Context"));

    watch.check();

    assertThat(emitted()).isEmpty();
  }

  private void made(@Nullable RequestContext request) {
    CurrentRequest.set(request);
    made.defined(
        Shell.class.getName(), Shell.class.getClassLoader(), "loader", new byte[] {1}, false);
    CurrentRequest.set(null);
  }

  private LiveRegistrations.Found walk() {
    walks++;
    return new LiveRegistrations.Found(List.copyOf(registered), false);
  }

  private void pass(int seconds) {
    nanos += seconds * 1_000_000_000L;
  }

  private List<AgentEvent> emitted() {
    return sink.snapshot().stream()
        .filter(event -> event.type() == EventType.REGISTRATION)
        .toList();
  }
}
