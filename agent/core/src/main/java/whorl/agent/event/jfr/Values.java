package whorl.agent.event.jfr;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.RequestContext;

/** Converts an event's values to the types of JFR fields. */
final class Values {
  private Values() {}

  static @Nullable String text(AgentEvent event, int index) {
    Object value = event.value(index);
    return value == null ? null : value.toString();
  }

  static @Nullable String requestId(AgentEvent event) {
    RequestContext request = event.request();
    return request == null ? null : request.id();
  }

  static long number(AgentEvent event, int index) {
    return event.value(index) instanceof Number number ? number.longValue() : 0;
  }

  static boolean flag(AgentEvent event, int index) {
    return Boolean.TRUE.equals(event.value(index));
  }

  static @Nullable String joined(AgentEvent event, int index) {
    Object value = event.value(index);
    if (value instanceof List<?> list) {
      StringBuilder text = new StringBuilder();
      for (Object element : list) {
        text.append(text.length() == 0 ? "" : ", ").append(element);
      }
      return text.toString();
    }
    return value == null ? null : value.toString();
  }
}
