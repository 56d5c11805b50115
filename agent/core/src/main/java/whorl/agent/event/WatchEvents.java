package whorl.agent.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** JFR event types of what Whorl itself says. Public, as JFR wants its event classes. */
public final class WatchEvents {
  private WatchEvents() {}

  @Name("whorl.Tamper")
  @Label("Tampering")
  @Category("Whorl")
  @Description("The watching was tampered with")
  @StackTrace
  public static final class Tamper extends RequestEvent {
    @Label("What")
    @Nullable String what;

    @Label("Target")
    @Nullable String target;

    @Label("Detail")
    @Nullable String detail;

    static void commit(AgentEvent event) {
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
  @Category("Whorl")
  @Description("A rule fired")
  @StackTrace
  public static final class Alert extends RequestEvent {
    @Label("Alert Id")
    @Nullable String id;

    @Label("Rule")
    @Nullable String rule;

    @Label("Level")
    @Nullable String level;

    @Label("Title")
    @Nullable String title;

    static void commit(AgentEvent event) {
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
