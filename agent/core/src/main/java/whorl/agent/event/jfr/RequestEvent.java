package whorl.agent.event.jfr;

import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** The field that all of Whorl's JFR events share. */
abstract class RequestEvent extends Event {
  @SameRequest
  @Label("Request Id")
  @Description("The HTTP request that this happened for; the same in all events of one request")
  @Nullable String requestId;
}
