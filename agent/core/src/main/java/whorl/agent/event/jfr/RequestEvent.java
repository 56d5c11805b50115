package whorl.agent.event.jfr;

import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;

/** What all of Whorl's JFR events share. */
abstract class RequestEvent extends Event {
  @SameRequest
  @Label("Request Id")
  @Description("The HTTP request that this happened for; the same in all events of one request")
  @Nullable String requestId;

  /**
   * Writes an event of this type, if a recording wants it. {@link JfrTypes} has one object of each
   * type, and calls this method on it; the object itself is never written.
   *
   * @param event with its secrets masked
   */
  abstract void commit(AgentEvent event);
}
