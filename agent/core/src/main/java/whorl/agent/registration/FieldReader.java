package whorl.agent.registration;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.ThreadState;

/**
 * Reads fields of objects whose classes are not on the agent's class path. It calls no method of
 * theirs, so nothing runs and no lock is taken. An unknown shape reads as null or empty. It caches
 * fields, which keep their classes alive, so an instance serves one walk only.
 */
final class FieldReader {
  private static final int ELEMENTS_MAX = 10_000;

  private final BiConsumer<Module, String> opener;
  private final Map<Key, @Nullable Field> fields = new HashMap<>();
  private final JdkContainers jdkContainers = new JdkContainers(this);

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

  /**
   * Returns what a thread runs; null if that is a method of its own class. It reads fields of the
   * JDK's class only: a class whose fields are looked up has their types loaded, by its loader.
   */
  @Nullable Object task(Thread thread) {
    Object holder = read(thread, field(Thread.class, "holder"));
    return holder == null ? read(thread, field(Thread.class, "target")) : at(holder, "task");
  }

  /** As {@link #at}, if it is text. */
  @Nullable String text(@Nullable Object target, String... path) {
    Object value = at(target, path);
    return value instanceof String text ? text : null;
  }

  /**
   * Returns the elements of an array or a JDK collection, or the values of a JDK map; an
   * application's own collections read as empty, also inside the JDK's wrappers.
   */
  List<Object> elements(@Nullable Object container) {
    List<Object> elements = new ArrayList<>();
    Object plain = jdkContainers.plain(container);
    if (plain instanceof Object[] array) {
      each(Arrays.asList(array), elements);
    } else if (plain instanceof Collection<?> collection) {
      each(collection, elements);
    } else if (plain instanceof Map<?, ?> map) {
      each(map.values(), elements);
    }
    return elements;
  }

  /** Returns the entries of a JDK map. */
  List<Map.Entry<?, ?>> entries(@Nullable Object map) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>();
    if (jdkContainers.plain(map) instanceof Map<?, ?> known) {
      each(known.entrySet(), entries);
    }
    return entries;
  }

  private static <T> void each(Iterable<? extends T> values, List<T> read) {
    try {
      for (T value : values) {
        if (read.size() >= ELEMENTS_MAX) {
          return;
        }
        if (value != null) {
          read.add(value);
        }
      }
    } catch (RuntimeException changedMeanwhile) {
      // Keep what was read so far.
    }
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
        for (Field field : declared(at)) {
          if (field.getName().equals(name)) {
            return opened(field);
          }
        }
      } catch (LinkageError | RuntimeException broken) {
        return null;
      }
    }
    return null;
  }

  /**
   * Returns the fields that the class itself declares. Its loader is asked for the types of all of
   * them, and may be anybody's, so meanwhile this thread is observed.
   */
  static Field[] declared(Class<?> type) {
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    try {
      ThreadState.busy(state, wasBusy && ClassFacts.isOfBootLoader(type));
      return type.getDeclaredFields();
    } finally {
      ThreadState.busy(state, wasBusy);
    }
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
}
