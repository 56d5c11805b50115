package whorl.collector.recording;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type of a chunk: of events, of constants, or of their members. */
public final class Type {
  private static final String EVENT = "jdk.jfr.Event";

  private final int number;
  private final String name;
  private final boolean event;
  private final boolean simple;
  private final List<Field> fields = new ArrayList<>();
  private @Nullable String label;
  private @Nullable Kind kind;
  private boolean duration;

  /**
   * @param number from 0, in the order of the metadata
   * @param simple true if its values are those of its first field
   */
  Type(int number, String name, @Nullable String superType, boolean simple) {
    this.number = number;
    this.name = name;
    this.event = EVENT.equals(superType);
    this.simple = simple;
  }

  /** From 0; less than {@link Chunk#types}. */
  public int number() {
    return number;
  }

  /** Such as {@code jdk.ThreadPark}. */
  public String name() {
    return name;
  }

  /** The name for display; null if the metadata has none. */
  public @Nullable String label() {
    return label;
  }

  /** All fields, in the order in which they are written. */
  public List<Field> fields() {
    return Collections.unmodifiableList(fields);
  }

  /**
   * The fields of an event in the order in which {@link Cursor} reads them, without start and
   * duration.
   */
  public List<Field> values() {
    return fields().subList(Math.min(fields.size(), hasDuration() ? 2 : 1), fields.size());
  }

  boolean hasDuration() {
    return duration;
  }

  boolean isEvent() {
    return event;
  }

  boolean isSimple() {
    return simple && !fields.isEmpty();
  }

  void label(String newLabel) {
    label = newLabel;
  }

  void add(Field field) {
    fields.add(field);
    duration |= field.name().equals("duration");
  }

  int fieldCount() {
    return fields.size();
  }

  Field field(int index) {
    return fields.get(index);
  }

  /** The kind of a value stored in place. Call it only once the type has all its fields. */
  Kind kind() {
    Kind known = kind;
    if (known == null) {
      known = plainKind();
      kind = known;
    }
    return known;
  }

  private Kind plainKind() {
    if (!fields.isEmpty()) {
      return Kind.STRUCT;
    }
    return switch (name) {
      case "boolean" -> Kind.BOOLEAN;
      case "byte" -> Kind.BYTE;
      case "short" -> Kind.SHORT;
      case "int" -> Kind.INT;
      case "long" -> Kind.LONG;
      case "char" -> Kind.CHAR;
      case "float" -> Kind.FLOAT;
      case "double" -> Kind.DOUBLE;
      case "java.lang.String" -> Kind.TEXT;
      default -> Kind.UNKNOWN;
    };
  }

  /** The kind of a value that is a constant. The JDK knows some of these types by name. */
  Kind constantKind() {
    Kind plain = kind();
    if (plain != Kind.STRUCT) {
      return plain;
    }
    return switch (name) {
      case "java.lang.Thread" -> Kind.THREAD;
      case "java.lang.Class" -> Kind.CLASS;
      case "jdk.types.Method", "com.oracle.jfr.types.Method" -> Kind.METHOD;
      case "jdk.types.ClassLoader", "com.oracle.jfr.types.ClassLoader" -> Kind.CLASS_LOADER;
      case "jdk.types.ThreadGroup", "com.oracle.jfr.types.ThreadGroup" -> Kind.THREAD_GROUP;
      case "jdk.types.StackTrace", "com.oracle.jfr.types.StackTrace" -> Kind.STACK;
      default -> plain;
    };
  }
}
