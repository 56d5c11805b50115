package whorl.agent.event.jfr;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.event.CleanTexts;
import whorl.event.EventType;

/**
 * Writes events into JFR. This class and the event types behind it may be loaded only after
 * FlightRecorder was initialised, and from the thread that initialised it (JDK-8371889).
 */
public final class JfrEvents implements EventConsumer {
  private final JfrTypes types;
  private final EventMask mask;
  private final SelfTestProgress selfTests;

  /**
   * Registers all event types, so that a recording's settings apply to them.
   *
   * @param redactor masks secrets in recorded events
   * @param clean remembers texts without a secret
   */
  public JfrEvents(Redactor redactor, CleanTexts clean, SelfTestProgress selfTests) {
    this.mask = new EventMask(redactor, clean);
    this.selfTests = selfTests;
    this.types = JfrTypes.register();
    warmUp();
  }

  /** Loads the classes that {@link #accept} needs here, not on the thread of the first event. */
  private void warmUp() {
    EventType type = EventType.JDK_LIBRARY;
    AgentEvent unrecorded =
        AgentEvent.here(type, 0, 0, null, new @Nullable Object[type.fields().size()]);
    accept(unrecorded);
    Values.requestId(unrecorded);
  }

  /**
   * Registers the types that another class has unregistered.
   *
   * @return their names
   */
  public List<String> registerAgain() {
    return types.registerAgain();
  }

  private void selfTest(AgentEvent event) {
    // JFR reads the same flag before it writes an event of any type.
    if (new WatchEvents.Tamper().isEnabled() && event.value(0) instanceof Long number) {
      selfTests.reached(SelfTestProgress.Stage.RECORDING, number);
    }
  }

  @Override
  public void accept(AgentEvent raw) {
    AgentEvent event = mask.masked(raw);
    RequestEvent writer = types.writer(event.type());
    if (writer != null) {
      writer.commit(event);
    } else if (event.type() == EventType.SELF_TEST) {
      selfTest(event);
    }
    // The recording has the JDK's own events already.
  }
}
