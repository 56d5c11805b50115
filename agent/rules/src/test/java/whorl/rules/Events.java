package whorl.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/** Events for tests, with fields by name. */
public final class Events {
  public static final long NOON = 1_796_000_000_000_000_000L;

  private Events() {}

  /** {@code namesAndValues}: name, value, name, value and so on; other fields are null. */
  public static AgentEvent event(EventType type, Object... namesAndValues) {
    return withStack(type, List.of(), namesAndValues);
  }

  public static AgentEvent open(String path) {
    return event(
        EventType.FILE_OPEN, "path", path, "access", "read", "created", false, "failed", false);
  }

  public static AgentEvent written(String path) {
    return event(
        EventType.FILE_OPEN, "path", path, "access", "write", "created", true, "failed", false);
  }

  /**
   * @param frames {@code class.method}, the innermost first
   */
  public static AgentEvent withStack(
      EventType type, List<String> frames, Object... namesAndValues) {
    StackTraceElement[] stack = stack(frames).toArray(StackTraceElement[]::new);
    return AgentEvent.elsewhere(type, 1, NOON, "http-1", stack, values(type, namesAndValues));
  }

  /**
   * @param frames {@code class.method}, the innermost first
   */
  public static List<StackTraceElement> stack(List<String> frames) {
    List<StackTraceElement> stack = new ArrayList<>();
    for (String frame : frames) {
      int dot = frame.lastIndexOf('.');
      stack.add(
          new StackTraceElement(
              frame.substring(0, dot), frame.substring(dot + 1), "A.java", stack.size() + 1));
    }
    return stack;
  }

  public static AgentEvent onRequest(
      EventType type, RequestContext request, Object... namesAndValues) {
    return AgentEvent.here(type, 1, NOON, request, values(type, namesAndValues));
  }

  /**
   * @param millis after noon
   */
  public static AgentEvent at(
      long sequence,
      long millis,
      EventType type,
      @Nullable RequestContext request,
      Object... namesAndValues) {
    return AgentEvent.here(
        type, sequence, NOON + millis * 1_000_000, request, values(type, namesAndValues));
  }

  /** An event with all its properties. */
  public static AgentEvent create(
      long sequence,
      long millis,
      EventType type,
      String thread,
      List<StackTraceElement> stack,
      @Nullable RequestContext request,
      Object... namesAndValues) {
    return AgentEvent.recorded(
        type,
        sequence,
        NOON + millis * 1_000_000,
        thread,
        stack.toArray(StackTraceElement[]::new),
        request,
        values(type, namesAndValues));
  }

  public static RequestContext request(String id) {
    return new RequestContext(id, "GET", "/invoices", "10.0.0.9");
  }

  public static RequestContext requestWithQuery(String query) {
    return new RequestContext("q-", 1, "GET", "/invoices", query, "10.0.0.9");
  }

  private static Object[] values(EventType type, Object... namesAndValues) {
    Map<String, Object> byName = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String name = (String) namesAndValues[i];
      if (type.indexOf(name) < 0) {
        throw new IllegalArgumentException(type.jfrName() + " has no field " + name);
      }
      byName.put(name, namesAndValues[i + 1]);
    }
    Object[] values = new Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = byName.get(type.fields().get(i));
    }
    return values;
  }
}
