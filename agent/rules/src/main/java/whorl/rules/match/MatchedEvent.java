package whorl.rules.match;

import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;

/**
 * The event that rules evaluate, with its stack as text, which is made once for all rules on first
 * use. For one event and one thread.
 */
public final class MatchedEvent {
  private static final int CHARS_PER_FRAME = 80;

  private final AgentEvent event;
  private @Nullable String stack;
  private boolean ownRead;
  private @Nullable DerivedField derivedField;
  private @Nullable Object derived;

  public MatchedEvent(AgentEvent event) {
    this.event = event;
  }

  public AgentEvent event() {
    return event;
  }

  /** Notes that a condition read a value in which events that count as equal may differ. */
  void readVarying() {
    ownRead = true;
  }

  /** True if the result may differ for an event that counts as equal. */
  public boolean hasReadVarying() {
    return ownRead;
  }

  /** The field's value, which is made once if no other field is derived in between. */
  @Nullable Object derived(DerivedField field) {
    if (derivedField != field) {
      derived = field.value(event);
      derivedField = field;
    }
    return derived;
  }

  /** One frame a line, the innermost first; empty if the stack is unknown. */
  String stack() {
    String text = stack;
    if (text == null) {
      StackTraceElement[] frames = event.stack();
      StringBuilder lines = new StringBuilder(frames.length * CHARS_PER_FRAME);
      for (int i = 0; i < frames.length; i++) {
        if (i > 0) {
          lines.append('\n');
        }
        lines.append(frames[i]);
      }
      text = lines.toString();
      stack = text;
    }
    return text;
  }
}
