package whorl.agent.event.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** JFR event types that Whorl emits about itself. Public because JFR requires it. */
public final class WatchEvents {
  private WatchEvents() {}

  /** Adds the types of this file. */
  static void addTo(JfrTypes types) {
    types.add(EventType.TAMPER, new Tamper());
    types.add(EventType.ALERT, new Alert());
  }

  @Name("whorl.Tamper")
  @Label("Tampering")
  @Category({"Whorl", "Alerts"})
  @Description("The watching was tampered with")
  @StackTrace
  public static final class Tamper extends RequestEvent {
    @Label("What")
    @Description("What was tampered with")
    @Nullable String what;

    @Label("Target")
    @Description("The class, property, thread or option that it was done to")
    @Nullable String target;

    @Label("Detail")
    @Description("What it became, or who did it")
    @Nullable String detail;

    @Override
    void commit(AgentEvent event) {
      Tamper jfr = new Tamper();
      if (jfr.isEnabled()) {
        jfr.what = Values.text(event, 0);
        jfr.target = Values.text(event, 1);
        jfr.detail = Values.text(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.Alert")
  @Label("Alert")
  @Category({"Whorl", "Alerts"})
  @Description("A rule fired")
  @StackTrace
  public static final class Alert extends RequestEvent {
    @Label("Alert Id")
    @Description("The alert, as the collector names it")
    @Nullable String id;

    @Label("Rule")
    @Description("The id of the rule that fired")
    @Nullable String rule;

    @Label("Level")
    @Description("informational, low, medium, high or critical")
    @Nullable String level;

    @Label("Title")
    @Description("The title of the rule")
    @Nullable String title;

    @Override
    void commit(AgentEvent event) {
      Alert jfr = new Alert();
      if (jfr.isEnabled()) {
        jfr.id = Values.text(event, 0);
        jfr.rule = Values.text(event, 1);
        jfr.level = Values.text(event, 2);
        jfr.title = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
