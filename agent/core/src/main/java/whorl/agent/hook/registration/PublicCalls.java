package whorl.agent.hook.registration;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.PrivateMembers;
import whorl.agent.hook.weave.ThreadState;

/**
 * Calls public getters of frameworks that are not on the agent's class path. Used only on the rare
 * visits that are reported.
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

  /** The method's result; null if there is no such method or it fails. */
  static @Nullable Object call(
      @Nullable Object target, String name, @Nullable Object... arguments) {
    if (target == null) {
      return null;
    }
    Method method = method(target.getClass(), name, arguments.length);
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, false); // a class of an attacker can have any name
    try {
      return method == null ? null : method.invoke(target, arguments);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError shapeNotUnderstood) {
      return null;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /**
   * True if the method is the framework's own. An application's override would run code of the
   * application within a hook. Any class can use such a name, so the declaring class must also come
   * from the same place as the framework's topmost class. Modules are compared, not loaders,
   * because a getter of the loader may call a security manager.
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
