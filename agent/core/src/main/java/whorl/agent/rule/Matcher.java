package whorl.agent.rule;

import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventType;

/** A part of a rule's condition, compiled. Pure, immutable, and called by any thread. */
interface Matcher {
  boolean matches(MatchedEvent matchedEvent);

  /** What asking costs, relative to comparing two short texts; the cheap parts are asked first. */
  long cost();

  /** The same for events of this type alone, with all decided that their type decides. */
  default Matcher on(EventType type) {
    return this;
  }

  /** What events must have for it to match; null when that is not known. */
  default @Nullable RequiredTexts gate() {
    return null;
  }
}
