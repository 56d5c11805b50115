package whorl.agent.registration;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a server's handlers from the first one: through the fields of handlers and of the
 * server's own objects, and through JDK collections between them.
 */
final class HandlerGraph {
  private static final int MAX_OBJECTS = 20_000;

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;
  private final String kind;
  private final Set<String> handlerTypes;
  private final String[] structure;
  private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> waiting = new ArrayDeque<>();

  /**
   * @param handlerTypes names of the types whose instances are recorded
   * @param structure prefixes of class names whose instances are searched
   */
  HandlerGraph(
      RegistrationList registrationList,
      String kind,
      Set<String> handlerTypes,
      String... structure) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.fieldReader();
    this.kind = kind;
    this.handlerTypes = handlerTypes;
    this.structure = structure;
  }

  /** Records all handlers from the first one. */
  void record(@Nullable Object first, Object container) {
    follow(first, container, handler -> {});
  }

  /** Records all handlers from the container, which is one itself, and passes each on. */
  void recordAll(Object container, Consumer<Object> listener) {
    follow(container, container, listener);
  }

  private void follow(@Nullable Object first, Object container, Consumer<Object> listener) {
    push(first);
    while (!waiting.isEmpty() && visited.size() < MAX_OBJECTS && !registrationList.mustStop()) {
      Object at = waiting.remove();
      boolean handler = TypeNames.isAny(at.getClass(), handlerTypes);
      if (handler) {
        registrationList.found(kind, at, null, container);
        listener.accept(at);
      }
      if (handler || isStructure(at.getClass())) {
        fields(at);
      } else {
        fieldReader.elements(at).forEach(this::push);
      }
    }
  }

  private void fields(Object target) {
    for (Class<?> type = target.getClass();
        type != null && type != Object.class;
        type = type.getSuperclass()) {
      Field[] declared;
      try {
        declared = FieldReader.declared(type);
      } catch (LinkageError incomplete) {
        continue;
      }
      for (Field field : declared) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          push(fieldReader.read(target, fieldReader.opened(field)));
        }
      }
    }
  }

  private void push(@Nullable Object object) {
    if (object != null && isRelevant(object) && visited.add(object)) {
      waiting.add(object);
    }
  }

  private boolean isRelevant(Object object) {
    Class<?> type = object.getClass();
    return object instanceof Object[]
        || (type.getClassLoader() == null && type.getName().startsWith("java.util."))
        || isStructure(type)
        || TypeNames.isAny(type, handlerTypes);
  }

  private boolean isStructure(Class<?> type) {
    for (String prefix : structure) {
      if (type.getName().startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
