package whorl.collector.detect;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * Makes the events that rules evaluate from stored ones, whether a recording or a timeline stored
 * them.
 */
public final class StoredEvents {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final Map<String, EventType> TYPES = new HashMap<>();

  static {
    for (EventType type : EventType.values()) {
      TYPES.put(type.jfrName(), type);
    }
  }

  private StoredEvents() {}

  /** The values of one stored event. */
  @FunctionalInterface
  public interface FieldValues {
    /** Returns a text, number, boolean or list; null if the event has no such field. */
    @Nullable Object value(String field);
  }

  /** Returns the type with this name, such as {@code whorl.FileOpen}; null if there is none. */
  public static @Nullable EventType type(String name) {
    return TYPES.get(name);
  }

  /**
   * Makes an event.
   *
   * @param sequence its number among the events that are read together
   * @param stack without frames of the agent; null if it is unknown
   * @param request null if the event belongs to no request
   */
  public static AgentEvent event(
      EventType type,
      long sequence,
      Instant time,
      @Nullable String thread,
      StackTraceElement @Nullable [] stack,
      @Nullable RequestContext request,
      FieldValues fields) {
    List<String> names = type.fields();
    @Nullable Object[] values = new Object[names.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(type, names.get(i), fields.value(names.get(i)));
    }
    return AgentEvent.recorded(
        type,
        sequence,
        time.getEpochSecond() * NANOS_PER_SECOND + time.getNano(),
        thread,
        stack,
        request,
        values);
  }

  /** True if the frame belongs to the agent, which no rule sees. */
  public static boolean isAgent(String className) {
    return className.startsWith("whorl.") || className.startsWith("java.lang.WhorlHooks");
  }

  /** JFR has no lists, so a recording joins the addresses. */
  private static @Nullable Object value(EventType type, String field, @Nullable Object value) {
    if (type == EventType.DNS_LOOKUP && field.equals("addresses") && value instanceof String text) {
      return List.of(text.split(", "));
    }
    return value instanceof String
            || value instanceof Number
            || value instanceof Boolean
            || value instanceof List<?>
        ? value
        : null;
  }
}
