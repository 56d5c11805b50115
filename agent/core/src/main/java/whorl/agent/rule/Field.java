package whorl.agent.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventType;

/** A field that a rule names, found once and then read without any look-up by name. */
interface Field {
  /** Whether one of the field's values passes; a field that is absent has none. */
  boolean any(MatchedEvent matchedEvent, ValueTest test);

  /** Whether the event has a value for it. */
  boolean present(MatchedEvent matchedEvent);

  /** What reading costs, as {@link Matcher#cost}. */
  long cost();

  /**
   * The value for whoever groups or counts by it: a text, number, boolean or list; null for none.
   */
  default @Nullable Object value(AgentEvent event) {
    return null;
  }

  /** The same for events of this type alone; null when they do not have it. */
  default @Nullable Field on(EventType type) {
    return this;
  }

  /** The fields whose values it has, as {@link #value} gives them; null when that is not so. */
  default @Nullable List<Field> parts() {
    return isValue() ? List.of(this) : null;
  }

  /** Whether events may differ in it that count as equal, as in the name of their thread. */
  default boolean isVarying() {
    return false;
  }

  /** Whether there is a {@link #value} to group by at all. */
  default boolean isValue() {
    return true;
  }
}
