package whorl.collector.cli.replay;

import java.lang.reflect.Array;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedClassLoader;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedObject;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;
import whorl.evidence.Text;

/**
 * Events of a recording in the format of {@code events.ndjson}: fields in the recording's order,
 * time spans in nanoseconds, classes and threads by name, absent values left out. Values are
 * bounded, because a recording is hostile input.
 */
final class RecordedLines {
  private static final Set<String> NOT_FIELDS = Set.of("startTime", "eventThread", "stackTrace");
  private static final int TEXT_MAX_CHARS = 32 << 10;
  private static final int ELEMENTS_MAX = 64;
  private static final int DEPTH_MAX = 3;

  private final boolean stacks;
  private final Duration offset;

  /**
   * @param stacks true if stack traces are included
   * @param offset is added to the times of events
   */
  RecordedLines(boolean stacks, Duration offset) {
    this.stacks = stacks;
    this.offset = offset;
  }

  EventLine line(long sequence, RecordedEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (ValueDescriptor field : event.getFields()) {
      if (!NOT_FIELDS.contains(field.getName())) {
        Object value = value(event, field, DEPTH_MAX);
        boolean noDuration = field.getName().equals("duration") && Long.valueOf(0).equals(value);
        if (value != null && !noDuration) {
          fields.put(field.getName(), value);
        }
      }
    }
    return new EventLine(
        sequence,
        event.getStartTime().plus(offset),
        event.getEventType().getName(),
        fields,
        thread(event.getThread()),
        stacks ? frames(event.getStackTrace()) : List.of());
  }

  private static @Nullable Object value(RecordedObject object, ValueDescriptor field, int depth) {
    String contentType = field.getContentType();
    if (contentType != null && !field.isArray()) {
      if (contentType.equals(Timespan.class.getName())) {
        return nanos(object.getDuration(field.getName()));
      }
      if (contentType.equals(Timestamp.class.getName())) {
        Instant time = object.getInstant(field.getName());
        return time.equals(Instant.MIN) ? null : time.toString();
      }
    }
    return convert(object.getValue(field.getName()), depth);
  }

  /** Null for JFR's mark for "unknown", and for spans of more than 292 years. */
  private static @Nullable Long nanos(Duration span) {
    try {
      return span.toNanos();
    } catch (ArithmeticException unbounded) {
      return null;
    }
  }

  private static @Nullable Object convert(@Nullable Object value, int depth) {
    if (value == null || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Number number) {
      return finite(number);
    }
    if (value instanceof RecordedThread thread) {
      return thread(thread);
    }
    if (value instanceof RecordedClass type) {
      return bounded(type.getName());
    }
    if (value instanceof RecordedClassLoader loader) {
      String name = loader.getName();
      return name != null ? bounded(name) : convert(loader.getType(), depth);
    }
    if (value instanceof RecordedMethod method) {
      return bounded(name(method));
    }
    if (value instanceof RecordedObject object) {
      return depth == 0 ? "…" : object(object, depth - 1);
    }
    return value.getClass().isArray() ? array(value, depth) : bounded(value.toString());
  }

  /** JSON has no infinity and no NaN. */
  private static Object finite(Number number) {
    boolean odd =
        number instanceof Double d && !Double.isFinite(d)
            || number instanceof Float f && !Float.isFinite(f);
    return odd ? number.toString() : number;
  }

  private static Map<String, Object> object(RecordedObject object, int depth) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (ValueDescriptor field : object.getFields()) {
      Object value = fields.size() < ELEMENTS_MAX ? value(object, field, depth) : null;
      if (value != null) {
        fields.put(field.getName(), value);
      }
    }
    return fields;
  }

  private static List<Object> array(Object array, int depth) {
    List<Object> elements = new ArrayList<>();
    int length = Array.getLength(array);
    for (int i = 0; i < Math.min(length, ELEMENTS_MAX); i++) {
      Object element = depth == 0 ? "…" : convert(Array.get(array, i), depth - 1);
      elements.add(element == null ? "" : element);
    }
    if (length > ELEMENTS_MAX) {
      elements.add("… " + (length - ELEMENTS_MAX) + " more");
    }
    return elements;
  }

  private static String bounded(String text) {
    return Text.atMost(text, TEXT_MAX_CHARS + 1);
  }

  private static @Nullable String thread(@Nullable RecordedThread thread) {
    if (thread == null) {
      return null;
    }
    String name = thread.getJavaName() != null ? thread.getJavaName() : thread.getOSName();
    return name == null ? null : bounded(name);
  }

  private static List<String> frames(@Nullable RecordedStackTrace stack) {
    List<String> frames = new ArrayList<>();
    if (stack != null) {
      List<RecordedFrame> all = stack.getFrames();
      for (RecordedFrame frame : all.subList(hookFrames(all), all.size())) {
        RecordedMethod method = frame.getMethod();
        if (method != null) {
          int line = frame.getLineNumber();
          frames.add(bounded(name(method)) + (line > 0 ? ":" + line : ""));
        }
      }
      if (stack.isTruncated()) {
        frames.add("…");
      }
    }
    return frames;
  }

  /** The number of innermost frames of the agent's hook, up to the holder class in java.lang. */
  private static int hookFrames(List<RecordedFrame> frames) {
    for (int i = 0; i < frames.size(); i++) {
      String type = className(frames.get(i));
      if (type.startsWith("java.lang.WhorlHooks")) {
        return i + 1;
      }
      if (!type.startsWith("whorl.agent.")
          && !type.startsWith("whorl.event.")
          && !type.startsWith("whorl.rules.")
          && !type.startsWith("java.")
          && !type.startsWith("jdk.")) {
        return 0;
      }
    }
    return 0;
  }

  private static String className(RecordedFrame frame) {
    RecordedMethod method = frame.getMethod();
    return method == null || method.getType() == null ? "" : method.getType().getName();
  }

  private static String name(RecordedMethod method) {
    RecordedClass type = method.getType();
    return (type == null ? "" : type.getName() + ".") + method.getName();
  }
}
