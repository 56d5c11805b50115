package whorl.agent.event.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** JFR event types of method probes. Public because JFR requires it. */
public final class ProbeEvents {
  private ProbeEvents() {}

  /** Adds the types of this file. */
  static void addTo(JfrTypes types) {
    types.add(EventType.METHOD_CALL, new MethodCall());
  }

  @Name("whorl.MethodCall")
  @Label("Method Call")
  @Category({"Whorl", "Code"})
  @Description("A method that an admin probes was called")
  @StackTrace
  public static final class MethodCall extends RequestEvent {
    @Label("Probe")
    @Description("The probe, as the collector names it")
    @Nullable String probe;

    @Label("Class")
    @Description("The class that declares the method")
    @Nullable String className;

    @Label("Method")
    @Description("The method and the types of its parameters")
    @Nullable String method;

    @Label("Arguments")
    @Description("Types and sizes, or redacted values if the probe asked for them")
    @Nullable String arguments;

    @Label("Thrown")
    @Description("The class of the exception with which the call ended")
    @Nullable String thrown;

    @Timespan
    @Label("Elapsed")
    @Description("How long the call took")
    long elapsed;

    @Override
    void commit(AgentEvent event) {
      MethodCall jfr = new MethodCall();
      if (jfr.isEnabled()) {
        jfr.probe = Values.text(event, 0);
        jfr.className = Values.text(event, 1);
        jfr.method = Values.text(event, 2);
        jfr.arguments = Values.joined(event, 3);
        jfr.thrown = Values.text(event, 4);
        jfr.elapsed = Values.number(event, 5);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
