package whorl.rules.correlate;

import java.util.List;
import whorl.event.AgentEvent;

/**
 * A correlation that fired.
 *
 * @param last the newest of its events
 * @param count of the events or values
 * @param group what the events have in common, as text for people; empty without group-by
 * @param events its events, oldest first, a line each; of many only the first and the last
 */
public record CorrelationFiring(
    Correlation correlation, AgentEvent last, long count, String group, List<String> events) {}
