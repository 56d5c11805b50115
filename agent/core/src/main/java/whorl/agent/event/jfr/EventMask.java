package whorl.agent.event.jfr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.event.CleanTexts;
import whorl.event.EventType;

/**
 * Masks secrets in events before they are written into the recording; rules see events unmasked.
 * Runs on the application's threads. An event without a secret is returned unchanged.
 */
final class EventMask {
  private final Redactor redactor;

  /** Texts without a secret: most texts repeat. */
  private final CleanTexts clean;

  EventMask(Redactor redactor, CleanTexts clean) {
    this.redactor = redactor;
    this.clean = clean;
    // Loads all its classes here, and none on a thread of the application.
    redactor.warmUp();
    AgentEvent warm =
        AgentEvent.recorded(
            EventType.FILE_DELETE, 0, 0, "none", new StackTraceElement[0], null, "password=warm");
    masked(warm);
  }

  /** Returns the event without its secrets. */
  AgentEvent masked(AgentEvent event) {
    if (event.type() == EventType.CONSOLE) {
      return event; // masked earlier, as lines with context
    }
    @Nullable Object @Nullable [] values = null;
    int count = event.type().fields().size();
    for (int i = 0; i < count; i++) {
      Object value = event.value(i);
      Object shown = shown(event, i, value);
      if (shown != value) {
        if (values == null) {
          values = new Object[count];
          for (int k = 0; k < count; k++) {
            values[k] = event.value(k);
          }
        }
        values[i] = shown;
      }
    }
    return values == null ? event : event.with(values);
  }

  private @Nullable Object shown(AgentEvent event, int index, @Nullable Object value) {
    if (value instanceof String text) {
      String name = index > 0 && event.type() == EventType.TAMPER ? nameOf(event, index) : null;
      return name == null ? text(text) : redactor.value(name, text);
    }
    return value instanceof List<?> list ? shown(list) : value;
  }

  private String text(String text) {
    if (clean.contains(text)) {
      return text;
    }
    String shown = redactor.text(text);
    if (shown.equals(text)) {
      clean.add(text);
    }
    return shown;
  }

  /** The name of the value that a tamper event's detail holds. */
  private static @Nullable String nameOf(AgentEvent event, int index) {
    return index == 2 && event.value(1) instanceof String target ? target : null;
  }

  private Object shown(List<?> list) {
    List<@Nullable Object> masked = null;
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      Object shown = element instanceof String text ? text(text) : element;
      if (shown != element) {
        masked = masked == null ? new ArrayList<>(list) : masked;
        masked.set(i, shown);
      }
    }
    return masked == null ? list : masked;
  }
}
