package whorl.agent.rule;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.event.AgentEvent;
import whorl.event.RequestContext;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.rules.correlate.CorrelationFiring;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

/** Makes the alert for a rule and an event. Everything in an alert is bounded. */
final class Alerts {
  static final int MAX_FIELDS = 40;
  static final int MAX_ELEMENTS = 40;
  static final int MAX_CHARS = 2 << 10;
  static final int MAX_FRAMES = 96;

  private static final String SOURCE = "whorl";

  private final InstantSource clock;

  Alerts(InstantSource clock) {
    this.clock = clock;
  }

  Alert alert(Rule rule, AgentEvent event) {
    return alert(rule.head(), event, fields(event));
  }

  /** Makes the alert of the last event, with one line for each event of the correlation. */
  Alert alert(CorrelationFiring firing) {
    Map<String, Object> fields = fields(firing.last());
    fields.put("correlation.type", firing.correlation().type());
    fields.put("correlation.count", firing.count());
    if (!firing.group().isEmpty()) {
      fields.put("correlation.group", bounded(firing.group()));
    }
    fields.put("correlation.events", bounded(firing.events()));
    return alert(firing.correlation().head(), firing.last(), fields);
  }

  private Alert alert(RuleHead rule, AgentEvent event, Map<String, Object> fields) {
    return new Alert(
        Id.next(clock),
        SOURCE,
        event.time(),
        rule.id(),
        rule.level(),
        rule.title(),
        rule.description(),
        rule.tags(),
        fields,
        event.thread() == null ? null : bounded(event.thread()),
        frames(event.stack()));
  }

  private static Map<String, Object> fields(AgentEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", event.type().jfrName());
    RequestContext request = event.request();
    if (request != null) {
      for (Map.Entry<String, String> field : request.fields().entrySet()) {
        fields.put(field.getKey(), bounded(field.getValue()));
      }
    }
    List<String> names = event.type().fields();
    for (int i = 0; i < names.size() && fields.size() < MAX_FIELDS; i++) {
      Object value = event.value(i);
      if (value != null) {
        fields.put(names.get(i), bounded(value));
      }
    }
    return fields;
  }

  private static Object bounded(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof List<?> list) {
      List<String> elements = new ArrayList<>();
      for (int i = 0; i < list.size() && i < MAX_ELEMENTS; i++) {
        elements.add(bounded(String.valueOf(list.get(i))));
      }
      return elements;
    }
    return bounded(value.toString());
  }

  private static String bounded(String text) {
    if (text.length() <= MAX_CHARS) {
      return text;
    }
    int end = MAX_CHARS - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + '…';
  }

  private static List<String> frames(StackTraceElement[] stack) {
    List<String> frames = new ArrayList<>(Math.min(stack.length, MAX_FRAMES));
    for (int i = 0; i < stack.length && i < MAX_FRAMES; i++) {
      frames.add(bounded(stack[i].toString()));
    }
    return frames;
  }
}
