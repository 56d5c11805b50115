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
 * Reads fields of objects whose classes are not on the agent's class path. It calls no method of
 * theirs, so nothing runs and no lock is taken. An unknown shape reads as null or empty. It caches
 * fields, which keep their classes alive, so an instance serves one walk only.
 */
final class FieldReader {
  private static final int ELEMENTS_MAX = 10_000;
  private static final String WRAPPED_MAP = "delegate";

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

  /** Returns the value at the end of a path of fields; null if there is none. */
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
   * Returns the elements of an array or a JDK collection, or the values of a JDK map; an
   * application's own collections read as empty.
   */
  List<Object> elements(@Nullable Object container) {
    List<Object> elements = new ArrayList<>();
    try {
      if (container instanceof Object[] array) {
        for (Object element : array) {
          add(elements, element);
        }
      } else if (container != null && isCopyOnWrite(container)) {
        return elements(at(container, WRAPPED_MAP));
      } else if (container != null && container.getClass().getClassLoader() == null) {
        Iterable<?> values =
            container instanceof Collection<?> collection
                ? collection
                : container instanceof Map<?, ?> map ? map.values() : List.of();
        for (Object element : values) {
          add(elements, element);
        }
      }
    } catch (RuntimeException changedMeanwhile) {
      // Return what was read so far.
    }
    return elements;
  }

  /** Returns the entries of a JDK map. */
  List<Map.Entry<?, ?>> entries(@Nullable Object map) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>();
    if (map != null && isCopyOnWrite(map)) {
      return entries(at(map, WRAPPED_MAP));
    }
    if (map instanceof Map<?, ?> known && map.getClass().getClassLoader() == null) {
      try {
        for (Map.Entry<?, ?> entry : known.entrySet()) {
          if (entries.size() < ELEMENTS_MAX) {
            entries.add(entry);
          }
        }
      } catch (RuntimeException changedMeanwhile) {
        // Return what was read so far.
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

  /** Returns the field of that name, of the class or its nearest superclass that has one. */
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
      } catch (NoSuchFieldException notHere) {
        // Continue with the superclass.
      } catch (LinkageError | RuntimeException broken) {
        return null;
      }
    }
    return null;
  }

  /** Returns the same field, readable; null if that is not possible. */
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

  /** True for Undertow's own map, which wraps a JDK map. */
  private static boolean isCopyOnWrite(Object container) {
    return container.getClass().getName().equals("io.undertow.util.CopyOnWriteMap");
  }

  private static void add(List<Object> elements, @Nullable Object element) {
    if (element != null && elements.size() < ELEMENTS_MAX) {
      elements.add(element);
    }
  }
}
