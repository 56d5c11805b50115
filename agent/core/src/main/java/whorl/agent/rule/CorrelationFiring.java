package whorl.agent.rule;

import java.util.List;
import whorl.agent.event.AgentEvent;

/**
 * A correlation came true.
 *
 * @param last the newest of the events it rests on
 * @param count of events, or of values, that made it true
 * @param group what the events have in common, for people; empty when it does not group
 * @param events what it rests on, oldest first, a line each; of many the first and the last
 */
public record CorrelationFiring(
    Correlation correlation, AgentEvent last, long count, String group, List<String> events) {}
