package whorl.agent.rule;

import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;

/**
 * The event that rules look at, and its stack as text, made once for all rules when the first of
 * them wants it. One thread's, for one event.
 */
final class MatchedEvent {
  private static final int CHARS_PER_FRAME = 80;

  private final AgentEvent event;
  private @Nullable String stack;
  private boolean ownRead;

  MatchedEvent(AgentEvent event) {
    this.event = event;
  }

  AgentEvent event() {
    return event;
  }

  /** A condition reads what events that are equal otherwise do not have in common. */
  void readVarying() {
    ownRead = true;
  }

  /** Whether the answer may be another one for an event that is equal otherwise. */
  boolean hasReadVarying() {
    return ownRead;
  }

  /** One frame a line, the innermost first; empty when the stack is unknown. */
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
