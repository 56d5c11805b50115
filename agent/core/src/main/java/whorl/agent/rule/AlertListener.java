package whorl.agent.rule;

import whorl.event.AgentEvent;
import whorl.evidence.Alert;

/**
 * Receives alerts. It is called on the thread that caused the event, inside the application's own
 * call: it must be quick, never block and never throw.
 */
@FunctionalInterface
public interface AlertListener {
  void alert(Alert alert, AgentEvent event);
}
