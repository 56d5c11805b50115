package whorl.rules.match;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** A field that a rule names. It is resolved once and then read without a lookup by name. */
public interface Field {
  /** True if one of the field's values passes; false if the field is absent. */
  boolean any(MatchedEvent matchedEvent, ValueTest test);

  /** True if the event has a value for the field. */
  boolean isPresent(MatchedEvent matchedEvent);

  /** The cost of reading, as {@link Matcher#cost}. */
  long cost();

  /** The value for grouping or counting: a text, number, boolean or list; null if absent. */
  default @Nullable Object value(AgentEvent event) {
    return null;
  }

  /** The same field for events of this type only; null if they do not have it. */
  default @Nullable Field forType(EventType type) {
    return this;
  }

  /**
   * What an event needs for one of the texts to occur in one of this field's values.
   *
   * @param texts as {@link ValueTest#needs}
   * @return null if that is unknown
   */
  default @Nullable RequiredTexts required(List<String> texts) {
    return isValue() ? RequiredTexts.of(this, texts) : null;
  }

  /** True if events that count as equal may differ in this field, such as the thread's name. */
  default boolean isVarying() {
    return false;
  }

  /** True if the field has a {@link #value} to group by. */
  default boolean isValue() {
    return true;
  }
}
