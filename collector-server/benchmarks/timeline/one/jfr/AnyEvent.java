package one.jfr;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import one.jfr.event.Event;

/**
 * Makes async-profiler's reader read events of every type, with every field that it can follow. Of
 * constants it knows threads, classes, strings, symbols, methods, stacks and enumerations; it steps
 * over the others, such as class loaders and modules, so that their fields come as numbers here.
 */
public final class AnyEvent extends Event {
  private static final Field BUFFER;

  /** Types of events by number: the reader itself finds them by name alone. */
  private static final Map<JfrReader, Map<Long, JfrClass>> EVENTS = new ConcurrentHashMap<>();

  static {
    try {
      BUFFER = JfrReader.class.getDeclaredField("buf");
      BUFFER.setAccessible(true);
    } catch (NoSuchFieldException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  public final JfrClass type;

  /** In the order of the type's fields. */
  public final Object[] values;

  /** What the reader calls, right behind the event's type. */
  public AnyEvent(JfrReader reader) {
    super(0, 0, 0);
    type = EVENTS.get(reader).get(typeBefore(reader));
    List<JfrField> fields = type.fields;
    values = new Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(reader, fields.get(i));
    }
  }

  /** Has the reader make these of all events; to be called in each chunk. */
  public static void register(JfrReader reader) {
    Map<Long, JfrClass> events = new HashMap<>();
    reader.typesByName.forEach(
        (name, type) -> {
          if (type.field("startTime") != null) {
            events.put((long) type.id, type);
            reader.registerEvent(name, AnyEvent.class);
          }
        });
    EVENTS.put(reader, events);
  }

  /** The reader is not used any more. */
  public static void forget(JfrReader reader) {
    EVENTS.remove(reader);
  }

  public static String name(JfrClass type) {
    return type.name;
  }

  public static List<String> fieldNames(JfrClass type) {
    return type.fields.stream().map(field -> field.name).toList();
  }

  /** The type's number ends where the fields begin; the byte before it ends the size. */
  private static long typeBefore(JfrReader reader) {
    try {
      ByteBuffer buffer = (ByteBuffer) BUFFER.get(reader);
      int end = buffer.position();
      int start = end - 1;
      while (buffer.get(start - 1) < 0) {
        start--;
      }
      long number = 0;
      for (int i = end - 1; i >= start; i--) {
        number = number << 7 | buffer.get(i) & 0x7F;
      }
      return number;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object value(JfrReader reader, JfrField field) {
    JfrClass type = reader.types.get(field.type);
    if (field.constantPool) {
      return constant(reader, type.name, reader.getVarlong());
    }
    return switch (type.name) {
      case "long" -> reader.getVarlong();
      case "int", "short", "char" -> reader.getVarint();
      case "byte" -> reader.getByte();
      case "boolean" -> reader.getBoolean();
      case "float" -> reader.getFloat();
      case "double" -> reader.getDouble();
      case "java.lang.String" -> reader.getString();
      default -> {
        Object[] members = new Object[type.fields.size()];
        for (int i = 0; i < members.length; i++) {
          members[i] = value(reader, type.fields.get(i));
        }
        yield members;
      }
    };
  }

  private static Object constant(JfrReader reader, String type, long key) {
    return switch (type) {
      case "java.lang.Thread" -> reader.threads.get(key);
      case "java.lang.Class" -> className(reader, key);
      case "java.lang.String" -> reader.strings.get(key);
      case "jdk.types.Symbol" -> text(reader, key);
      case "jdk.types.StackTrace" -> reader.stackTraces.get(key);
      case "jdk.types.Method" -> method(reader, key);
      default -> {
        String constant = reader.enums.containsKey(type) ? reader.getEnumValue(type, (int) key) : null;
        yield constant == null ? (Object) key : constant;
      }
    };
  }

  private static String text(JfrReader reader, long key) {
    byte[] symbol = reader.symbols.get(key);
    return symbol == null ? null : new String(symbol, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static String className(JfrReader reader, long key) {
    ClassRef type = reader.classes.get(key);
    String name = type == null ? null : text(reader, type.name);
    return name == null ? null : name.replace('/', '.');
  }

  private static String method(JfrReader reader, long key) {
    MethodRef method = reader.methods.get(key);
    return method == null ? "?" : className(reader, method.cls) + "." + text(reader, method.name);
  }

  /** Frames, the innermost first, one a line. */
  public static String frames(JfrReader reader, StackTrace stack) {
    StringBuilder out = new StringBuilder(1024);
    for (int i = 0; i < stack.methods.length; i++) {
      out.append(i == 0 ? "" : "\n").append(method(reader, stack.methods[i]));
      out.append("(line ").append(stack.locations[i] >>> 16).append(')');
    }
    return out.toString();
  }
}
