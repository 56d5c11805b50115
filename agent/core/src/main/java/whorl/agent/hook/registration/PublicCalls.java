package whorl.agent.hook.registration;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Calls public getters of frameworks that are on no class path of ours. Only on the rare visits
 * that have something to tell.
 */
final class PublicCalls {
  private PublicCalls() {}

  /** What the method returns; null when there is no such method or it fails. */
  static @Nullable Object call(
      @Nullable Object target, String name, @Nullable Object... arguments) {
    if (target == null) {
      return null;
    }
    try {
      Method method = method(target.getClass(), name, arguments.length);
      return method == null ? null : method.invoke(target, arguments);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError shapeNotUnderstood) {
      return null;
    }
  }

  private static @Nullable Method method(Class<?> type, String name, int parameters) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Method method : at.getDeclaredMethods()) {
        if (method.getName().equals(name)
            && method.getParameterCount() == parameters
            && Modifier.isPublic(method.getModifiers())
            && !method.isBridge()
            && (parameters == 0 || method.getParameterTypes()[0] == String.class)
            && method.trySetAccessible()) {
          return method;
        }
      }
    }
    return null;
  }
}
