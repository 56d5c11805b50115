package whorl.agent.hunt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.event.AgentEvent;
import whorl.event.RequestContext;
import whorl.evidence.channel.HuntRow;

/** Makes rows of events. */
final class EventRows {
  private static final int FRAMES = 8;

  /** Leaves room for the stack and what a caller adds. */
  private static final int FIELDS = HuntRow.FIELDS_MAX - 8;

  private EventRows() {}

  static HuntRow row(String what, AgentEvent event) {
    return row(what, event, Map.of());
  }

  /**
   * Returns the row of an event.
   *
   * @param more fields besides those of the event
   */
  static HuntRow row(String what, AgentEvent event, Map<String, Object> more) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", event.type().jfrName());
    List<String> names = event.type().fields();
    for (int i = 0; i < names.size(); i++) {
      Object value = event.value(i);
      if (value != null) {
        fields.put(names.get(i), Cut.value(value));
      }
    }
    RequestContext request = event.request();
    if (request != null) {
      for (Map.Entry<String, String> field : request.fields().entrySet()) {
        if (fields.size() < FIELDS && field.getValue() != null) {
          fields.put(field.getKey(), Cut.text(field.getValue()));
        }
      }
    }
    fields.putAll(more);
    if (event.hasStack() && event.stack().length > 0) {
      StackTraceElement[] stack = event.stack();
      fields.put("stack", Cut.frames(List.of(stack).subList(0, Math.min(FRAMES, stack.length))));
    }
    return new HuntRow(
        Cut.text(what),
        event.time(),
        event.time(),
        Cut.nullable(event.thread()),
        request == null ? null : Cut.text(request.id()),
        fields);
  }
}
