package whorl.rules;

import java.util.List;
import whorl.event.AgentEvent;

/** Events that a rule must match, and near misses that it must not. */
record Cases(List<AgentEvent> fire, List<AgentEvent> nearMisses) {}
