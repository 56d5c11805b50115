package whorl.agent.hook.registration;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.PrivateMembers;

/**
 * Calls public getters of frameworks that are on no class path of ours. Only on the rare visits
 * that have something to tell.
 */
final class PublicCalls {
  private static final String[] FRAMEWORKS = {
    "org.apache.",
    "org.eclipse.jetty.",
    "io.undertow.",
    "jakarta.websocket.",
    "javax.websocket.",
    "org.springframework."
  };

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

  /**
   * Whether the method is the framework's own, and not an application's that overrides it: to call
   * that one would run code of the application within a hook. A name can be anybody's, so the class
   * must also come from where the framework's topmost class comes from. Modules are compared and
   * not loaders, because asking for a loader may call a security manager.
   */
  private static boolean isOfFramework(Class<?> declaring, Class<?> type) {
    Class<?> top = type;
    for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
      if (at.getModule() != Object.class.getModule()) {
        top = at;
      }
    }
    boolean fromThere = declaring.getModule() == top.getModule() || declaring.getModule().isNamed();
    return fromThere && isNamed(declaring.getName()) && isNamed(top.getName());
  }

  private static boolean isNamed(String className) {
    for (String framework : FRAMEWORKS) {
      if (className.startsWith(framework)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Method method(Class<?> type, String name, int parameters) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Method method : PrivateMembers.methods(at)) {
        if (method.getName().equals(name)
            && method.getParameterCount() == parameters
            && Modifier.isPublic(method.getModifiers())
            && !method.isBridge()
            && (parameters == 0 || method.getParameterTypes()[0] == String.class)) {
          return isOfFramework(at, type) ? PrivateMembers.callable(method) : null;
        }
      }
    }
    return null;
  }
}
