package whorl.agent.event;

import whorl.event.AgentEvent;

/**
 * A stage that receives events on the thread that made them. It must be quick, never block and
 * never throw.
 */
@FunctionalInterface
public interface EventConsumer {
  void accept(AgentEvent event);
}
