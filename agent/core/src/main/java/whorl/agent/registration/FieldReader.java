package whorl.agent.registration;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields of objects whose classes are on no class path of ours. No method of theirs is
 * called, so nothing runs and no lock is taken; a shape that is not understood reads as nothing. It
 * remembers fields, which keep their classes alive, and so lives no longer than one walk.
 */
final class FieldReader {
  private static final int ELEMENTS_MAX = 10_000;
  private static final String COPY = "delegate";

  private final BiConsumer<Module, String> opener;
  private final Map<Key, @Nullable Field> fields = new HashMap<>();

  /** Classes of several loaders may share a name. */
  private record Key(Class<?> type, String field) {}

  /**
   * @param opener opens a package of a named module to this agent, or throws
   */
  FieldReader(BiConsumer<Module, String> opener) {
    this.opener = opener;
  }

  /** The value at the end of a path of fields; null when there is none. */
  @Nullable Object at(@Nullable Object target, String... path) {
    Object value = target;
    for (String name : path) {
      if (value == null) {
        return null;
      }
      value = read(value, field(value.getClass(), name));
    }
    return value;
  }

  /** As {@link #at}, if it is text. */
  @Nullable String text(@Nullable Object target, String... path) {
    Object value = at(target, path);
    return value instanceof String text ? text : null;
  }

  /**
   * The elements of an array or of a collection of the JDK's, or the values of its map; an
   * application's own collections read as empty.
   */
  List<Object> elements(@Nullable Object many) {
    List<Object> elements = new ArrayList<>();
    try {
      if (many instanceof Object[] array) {
        for (Object one : array) {
          add(elements, one);
        }
      } else if (many != null && isCopyOnWrite(many)) {
        return elements(at(many, COPY));
      } else if (many != null && many.getClass().getClassLoader() == null) {
        Iterable<?> all =
            many instanceof Collection<?> collection
                ? collection
                : many instanceof Map<?, ?> map ? map.values() : List.of();
        for (Object one : all) {
          add(elements, one);
        }
      }
    } catch (RuntimeException changedMeanwhile) {
      // What was read until then is as good.
    }
    return elements;
  }

  /** The entries of a map of the JDK's. */
  List<Map.Entry<?, ?>> entries(@Nullable Object map) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>();
    if (map != null && isCopyOnWrite(map)) {
      return entries(at(map, COPY));
    }
    if (map instanceof Map<?, ?> known && map.getClass().getClassLoader() == null) {
      try {
        for (Map.Entry<?, ?> entry : known.entrySet()) {
          if (entries.size() < ELEMENTS_MAX) {
            entries.add(entry);
          }
        }
      } catch (RuntimeException changedMeanwhile) {
        // As above.
      }
    }
    return entries;
  }

  @Nullable Object read(Object target, @Nullable Field field) {
    try {
      return field == null ? null : field.get(target);
    } catch (IllegalAccessException | RuntimeException closed) {
      return null;
    }
  }

  /** The field of that name, of the class or the nearest above it that has one. */
  private @Nullable Field field(Class<?> type, String name) {
    Key key = new Key(type, name);
    if (!fields.containsKey(key)) {
      fields.put(key, find(type, name));
    }
    return fields.get(key);
  }

  private @Nullable Field find(Class<?> type, String name) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      try {
        return opened(at.getDeclaredField(name));
      } catch (NoSuchFieldException further) {
        // Up.
      } catch (LinkageError | RuntimeException broken) {
        return null;
      }
    }
    return null;
  }

  /** The same field, readable; null when it is not to be had. */
  @Nullable Field opened(Field field) {
    try {
      if (field.trySetAccessible()) {
        return field;
      }
      Class<?> owner = field.getDeclaringClass();
      opener.accept(owner.getModule(), owner.getPackageName());
      field.setAccessible(true);
      return field;
    } catch (RuntimeException refused) {
      return null;
    }
  }

  /** Undertow's own map, with one of the JDK's in it. */
  private static boolean isCopyOnWrite(Object many) {
    return many.getClass().getName().equals("io.undertow.util.CopyOnWriteMap");
  }

  private static void add(List<Object> elements, @Nullable Object one) {
    if (one != null && elements.size() < ELEMENTS_MAX) {
      elements.add(one);
    }
  }
}
