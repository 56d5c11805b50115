package whorl.agent.rule;

import whorl.agent.event.AgentEvent;
import whorl.evidence.Alert;

/**
 * Whoever wants to know that a rule fired. It is called on the thread that did the deed, inside the
 * application's own call: it must be quick, never block and never throw.
 */
@FunctionalInterface
public interface AlertListener {
  void alert(Alert alert, AgentEvent event);
}
