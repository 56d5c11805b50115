package whorl.rules.correlate;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.rules.match.RuleHead;

/**
 * A match as kept by a group: small, because a group keeps thousands.
 *
 * @param member index of the correlation's rule that matched
 * @param sequence of the event
 * @param value the counted value, for a value_count
 * @param summary the event in a line, for people
 */
public record KeptMatch(
    int member, long sequence, long epochNanos, @Nullable String value, String summary) {
  private static final int MAX_CHARS = 200;

  public static KeptMatch of(int member, RuleHead rule, AgentEvent event, @Nullable String value) {
    StringJoiner text = new StringJoiner(" ");
    text.add("#" + event.sequence());
    text.add(event.time().toString());
    text.add(event.type().jfrName());
    text.add('(' + rule.title() + ')');
    for (int i = 0; i < event.type().fields().size() && text.length() < MAX_CHARS; i++) {
      Object field = event.value(i);
      if (field != null) {
        String summary = field.toString();
        text.add(
            event.type().fields().get(i)
                + '='
                + summary.substring(0, Math.min(MAX_CHARS, summary.length())));
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
