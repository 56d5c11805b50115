package whorl.agent.event;

import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** What all of Whorl's JFR events have in common. */
abstract class RequestEvent extends Event {
  @Label("Request Id")
  @Nullable String requestId;
}
