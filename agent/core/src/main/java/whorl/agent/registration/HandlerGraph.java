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
 * Follows a server's handlers from the first one on: through the fields of whatever is a handler or
 * belongs to the server's own code, and through the JDK's collections between them.
 */
final class HandlerGraph {
  private static final int MAX_OBJECTS = 20_000;

  private final RegistrationList registrationList;
  private final String kind;
  private final Set<String> handlerTypes;
  private final String[] structure;
  private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> waiting = new ArrayDeque<>();

  /**
   * @param handlerTypes names of the types whose instances are told
   * @param structure beginnings of class names whose instances are looked into
   */
  HandlerGraph(
      RegistrationList registrationList,
      String kind,
      Set<String> handlerTypes,
      String... structure) {
    this.registrationList = registrationList;
    this.kind = kind;
    this.handlerTypes = handlerTypes;
    this.structure = structure;
  }

  /** Tells of all handlers. */
  void from(@Nullable Object first, Object container) {
    follow(first, container, handler -> {});
  }

  /** Tells of all handlers behind the container, which is one itself, and hands on each. */
  void handlers(Object container, Consumer<Object> each) {
    follow(container, container, each);
  }

  private void follow(@Nullable Object first, Object container, Consumer<Object> each) {
    push(first);
    while (!waiting.isEmpty() && visited.size() < MAX_OBJECTS && !registrationList.over()) {
      Object at = waiting.remove();
      boolean handler = TypeNames.isAny(at.getClass(), handlerTypes);
      if (handler) {
        registrationList.found(kind, at, null, container);
        each.accept(at);
      }
      if (handler || isStructure(at.getClass())) {
        fields(at);
      } else {
        registrationList.peek().elements(at).forEach(this::push);
      }
    }
  }

  private void fields(Object target) {
    for (Class<?> type = target.getClass();
        type != null && type != Object.class;
        type = type.getSuperclass()) {
      Field[] declared;
      try {
        declared = type.getDeclaredFields();
      } catch (LinkageError incomplete) {
        continue;
      }
      for (Field field : declared) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          push(registrationList.peek().read(target, registrationList.peek().opened(field)));
        }
      }
    }
  }

  private void push(@Nullable Object object) {
    if (object != null && isOfInterest(object) && visited.add(object)) {
      waiting.add(object);
    }
  }

  private boolean isOfInterest(Object object) {
    Class<?> type = object.getClass();
    return object instanceof Object[]
        || (type.getClassLoader() == null && type.getName().startsWith("java.util."))
        || isStructure(type)
        || TypeNames.isAny(type, handlerTypes);
  }

  private boolean isStructure(Class<?> type) {
    for (String beginning : structure) {
      if (type.getName().startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }
}
