package whorl.agent.hook.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.ThreadState;

/**
 * A public method of a framework's class, which is in another loader and not on the agent's class
 * path. It is looked up once for each receiver class and cached with that class. If the method does
 * not exist or fails, the result is null.
 *
 * <p>Only classes of the framework itself are called, see {@link FrameworkPackages}, never a
 * subclass of the application. During the call the thread is observed as usual, so that an
 * attacker's class with a framework's name does not act unobserved.
 */
final class Getter {
  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

  private final String owner;
  private final String method;
  private final String descriptor;
  private final FrameworkPackages frameworkPackages;
  private final ClassValue<GetterCall> calls =
      new ClassValue<>() {
        @Override
        protected GetterCall computeValue(Class<?> type) {
          return find(type);
        }
      };

  /**
   * @param owner the class or interface that declares the method, as in {@code Class.getName}
   * @param descriptor with at most one parameter
   */
  Getter(String owner, String method, String descriptor) {
    this.owner = owner;
    this.method = method;
    this.descriptor = descriptor;
    this.frameworkPackages = FrameworkPackages.of(owner);
  }

  @Nullable Object of(@Nullable Object receiver) {
    return of(receiver, null);
  }

  /**
   * @param argument for a method that takes one
   */
  @Nullable Object of(@Nullable Object receiver, @Nullable Object argument) {
    if (receiver == null) {
      return null;
    }
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    try {
      GetterCall call = calls.get(receiver.getClass());
      ThreadState.busy(state, false);
      return call.of(receiver, argument);
    } catch (Throwable unreadable) { // only this value is lost
      return null;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /** For a method that returns an int. */
  @Nullable Integer integer(@Nullable Object receiver) {
    return of(receiver) instanceof Integer value ? value : null;
  }

  /** For a method that returns a long. */
  @Nullable Long number(@Nullable Object receiver) {
    return number(receiver, null);
  }

  @Nullable Long number(@Nullable Object receiver, @Nullable Object argument) {
    return of(receiver, argument) instanceof Long value ? value : null;
  }

  @Nullable String text(@Nullable Object receiver) {
    return textOf(of(receiver));
  }

  @Nullable String text(@Nullable Object receiver, Object argument) {
    return textOf(of(receiver, argument));
  }

  /** The text of a string, or of the framework's own class for it, such as a method's name. */
  private @Nullable String textOf(@Nullable Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (!frameworkPackages.isOf(value.getClass())) {
      return null;
    }
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    try {
      ThreadState.busy(state, false);
      return value.toString();
    } catch (Throwable unreadable) {
      return null;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  private GetterCall find(Class<?> type) {
    try {
      Class<?> declaring = declaring(type);
      if (declaring == null || !frameworkPackages.isOf(type)) {
        return GetterCall.NOTHING;
      }
      ClassLoader loader = ClassFacts.loader(declaring);
      MethodType exact =
          MethodType.fromMethodDescriptorString(descriptor, loader == null ? PLATFORM : loader);
      MethodHandle found = find(declaring, exact);
      return found == null ? GetterCall.NOTHING : GetterCall.of(found);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException otherShape) {
      return GetterCall.NOTHING;
    }
  }

  /**
   * A lookup would call a security manager of the application; a reflected method's handle does
   * not.
   */
  @SuppressWarnings("removal")
  private @Nullable MethodHandle find(Class<?> declaring, MethodType exact)
      throws ReflectiveOperationException {
    if (System.getSecurityManager() == null) {
      return MethodHandles.publicLookup().findVirtual(declaring, method, exact);
    }
    Method known = ClassFacts.publicMethod(declaring, method, exact.parameterArray());
    return known == null || known.getReturnType() != exact.returnType()
        ? null
        : MethodHandles.publicLookup().unreflect(known);
  }

  private @Nullable Class<?> declaring(@Nullable Class<?> type) {
    if (type == null || type.getName().equals(owner)) {
      return type;
    }
    Class<?> above = declaring(type.getSuperclass());
    if (above != null) {
      return above;
    }
    for (Class<?> implemented : type.getInterfaces()) {
      above = declaring(implemented);
      if (above != null) {
        return above;
      }
    }
    return null;
  }
}
