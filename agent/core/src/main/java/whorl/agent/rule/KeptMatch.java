package whorl.agent.rule;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;

/**
 * What a group keeps of one match: small, so that thousands may be kept.
 *
 * @param member which of the correlation's rules matched
 * @param sequence of the event
 * @param value what counts, for a value_count
 * @param words the event in a line, for people
 */
record KeptMatch(int member, long sequence, long epochNanos, @Nullable String value, String words) {
  private static final int MAX_CHARS = 200;

  static KeptMatch of(int member, RuleHead rule, AgentEvent event, @Nullable String value) {
    StringJoiner text = new StringJoiner(" ");
    text.add("#" + event.sequence());
    text.add(event.time().toString());
    text.add(event.type().jfrName());
    text.add('(' + rule.title() + ')');
    for (int i = 0; i < event.type().fields().size() && text.length() < MAX_CHARS; i++) {
      Object field = event.value(i);
      if (field != null) {
        String words = field.toString();
        text.add(
            event.type().fields().get(i)
                + '='
                + words.substring(0, Math.min(MAX_CHARS, words.length())));
      }
    }
    String line = text.toString();
    return new KeptMatch(
        member,
        event.sequence(),
        event.epochNanos(),
        value,
        line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + '…');
  }
}
