package whorl.collector.timeline.read.recording;

import java.util.List;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedClassLoader;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedObject;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordedThreadGroup;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.read.rows.JsonText;

/** Values of a recording as the JDK reads them, as text and as JSON. */
final class JdkText {
  private static final int DEPTH_MAX = 6;
  private static final int ELEMENTS_MAX = 1_000;

  private JdkText() {}

  /** The value for display; null if there is none. */
  static @Nullable String of(@Nullable Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (value instanceof RecordedClass type) {
      return type.getName();
    }
    if (value instanceof RecordedThread thread) {
      return threadName(thread);
    }
    if (value instanceof RecordedMethod method) {
      return method(method);
    }
    if (value instanceof RecordedClassLoader loader) {
      return loader.getType() == null ? loader.getName() : loader.getType().getName();
    }
    if (value instanceof RecordedThreadGroup group) {
      return group.getName();
    }
    if (value instanceof RecordedObject || value instanceof Object[]) {
      StringBuilder json = new StringBuilder();
      write(json, value, 0);
      return json.toString();
    }
    return value.toString();
  }

  /** True if {@link #write} does not write it as a quoted text. */
  static void json(StringBuilder out, @Nullable Object value) {
    write(out, value, 0);
  }

  static String threadName(RecordedThread thread) {
    String name = thread.getJavaName();
    if (name == null || name.isEmpty()) {
      name = thread.getOSName();
    }
    return name == null ? "" : name;
  }

  /** Frames, innermost first, one per line. */
  static String frames(RecordedStackTrace stack) {
    StringBuilder out = new StringBuilder(1024);
    for (RecordedFrame frame : stack.getFrames()) {
      if (!out.isEmpty()) {
        out.append('\n');
      }
      RecordedMethod method = frame.getMethod();
      out.append(method == null ? "?" : method(method));
      if (frame.getLineNumber() > 0) {
        out.append("(line ").append(frame.getLineNumber()).append(')');
      }
      if (!frame.isJavaFrame()) {
        out.append(" [").append(frame.getType()).append(']');
      }
    }
    if (stack.isTruncated()) {
      out.append("\n… deeper frames were not recorded");
    }
    return out.toString();
  }

  private static String method(RecordedMethod method) {
    return (method.getType() == null ? "?" : method.getType().getName()) + "." + method.getName();
  }

  private static void write(StringBuilder out, @Nullable Object value, int depth) {
    if (value == null) {
      out.append("null");
    } else if (value instanceof Boolean
        || value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      out.append(value);
    } else if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (Double.isFinite(number)) {
        out.append(value);
      } else {
        JsonText.quoted(out, value.toString());
      }
    } else if (value instanceof RecordedStackTrace stack) {
      JsonText.quoted(out, frames(stack));
    } else if (value instanceof Object[] array) {
      elements(out, array, depth);
    } else if (value instanceof RecordedObject object && !named(object)) {
      members(out, object, depth);
    } else {
      JsonText.quoted(out, String.valueOf(of(value)));
    }
  }

  private static boolean named(RecordedObject object) {
    return object instanceof RecordedClass
        || object instanceof RecordedThread
        || object instanceof RecordedMethod
        || object instanceof RecordedClassLoader
        || object instanceof RecordedThreadGroup;
  }

  private static void elements(StringBuilder out, Object[] array, int depth) {
    out.append('[');
    for (int i = 0; i < array.length; i++) {
      out.append(i == 0 ? "" : ",");
      if (depth >= DEPTH_MAX || i >= ELEMENTS_MAX) {
        out.append("\"…\"");
        break;
      }
      write(out, array[i], depth + 1);
    }
    out.append(']');
  }

  private static void members(StringBuilder out, RecordedObject object, int depth) {
    out.append('{');
    List<ValueDescriptor> fields = object.getFields();
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).getName();
      out.append(i == 0 ? "" : ",").append(JsonText.name(name));
      if (depth >= DEPTH_MAX) {
        out.append("\"…\"");
      } else {
        write(out, object.getValue(name), depth + 1);
      }
    }
    out.append('}');
  }
}
