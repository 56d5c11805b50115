package whorl.rules.match;

import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/** A compiled part of a rule's condition. Pure, immutable and thread-safe. */
public interface Matcher {
  boolean matches(MatchedEvent matchedEvent);

  /** The cost of evaluation, relative to comparing two short texts. Cheap parts run first. */
  long cost();

  /**
   * Returns this matcher specialized for events of this type, with everything decided that the type
   * decides.
   */
  default Matcher forType(EventType type) {
    return this;
  }

  /** The texts that events must have to match; null if that is unknown. */
  default @Nullable RequiredTexts gate() {
    return null;
  }
}
