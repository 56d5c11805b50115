package whorl.agent.hook.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.function.BiFunction;
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
  private final ClassValue<BiFunction<Object, @Nullable Object, @Nullable Object>> calls =
      new ClassValue<>() {
        @Override
        protected BiFunction<Object, @Nullable Object, @Nullable Object> computeValue(
            Class<?> type) {
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

  @Nullable Object of(ThreadState thread, @Nullable Object receiver) {
    return of(thread, receiver, null);
  }

  /**
   * @param argument for a method that takes one
   */
  @Nullable Object of(ThreadState thread, @Nullable Object receiver, @Nullable Object argument) {
    if (receiver == null) {
      return null;
    }
    boolean wasBusy = thread.busy();
    try {
      BiFunction<Object, @Nullable Object, @Nullable Object> call = calls.get(receiver.getClass());
      thread.busy(false);
      return call.apply(receiver, argument);
    } catch (Throwable unreadable) { // only this value is lost
      return null;
    } finally {
      thread.busy(wasBusy);
    }
  }

  /** For a method that returns an int. */
  @Nullable Integer integer(ThreadState thread, @Nullable Object receiver) {
    return of(thread, receiver, null) instanceof Integer value ? value : null;
  }

  /** For a method that returns a long. */
  @Nullable Long number(ThreadState thread, @Nullable Object receiver) {
    return number(thread, receiver, null);
  }

  @Nullable Long number(ThreadState thread, @Nullable Object receiver, @Nullable Object argument) {
    return of(thread, receiver, argument) instanceof Long value ? value : null;
  }

  @Nullable String text(ThreadState thread, @Nullable Object receiver) {
    return textOf(thread, of(thread, receiver, null));
  }

  @Nullable String text(ThreadState thread, @Nullable Object receiver, Object argument) {
    return textOf(thread, of(thread, receiver, argument));
  }

  /** The text of a string, or of the framework's own class for it, such as a method's name. */
  private @Nullable String textOf(ThreadState thread, @Nullable Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (!frameworkPackages.isOf(value.getClass())) {
      return null;
    }
    boolean wasBusy = thread.busy();
    try {
      thread.busy(false);
      return value.toString();
    } catch (Throwable unreadable) {
      return null;
    } finally {
      thread.busy(wasBusy);
    }
  }

  @SuppressWarnings("removal")
  private BiFunction<Object, @Nullable Object, @Nullable Object> find(Class<?> type) {
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    try {
      Class<?> declaring = declaring(type);
      if (declaring == null || !frameworkPackages.isOf(type)) {
        return MethodCall.NOTHING;
      }
      ThreadState.busy(state, false); // its loader is asked for classes, and may be anybody's
      ClassLoader loader = ClassFacts.loader(declaring);
      MethodType exact =
          MethodType.fromMethodDescriptorString(descriptor, loader == null ? PLATFORM : loader);
      MethodHandle found = find(declaring, exact);
      if (found == null) {
        return MethodCall.NOTHING;
      }
      boolean direct = System.getSecurityManager() == null; // it would be asked for the access
      if (direct) {
        DirectCall.resolve(declaring);
      }
      ThreadState.busy(state, wasBusy);
      return direct ? call(found, declaring, exact) : MethodCall.of(found);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException otherShape) {
      return MethodCall.NOTHING;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /** By a method handle if the package is not open to the agent. */
  private BiFunction<Object, @Nullable Object, @Nullable Object> call(
      MethodHandle found, Class<?> declaring, MethodType exact) {
    try {
      return DirectCall.make(declaring, method, exact);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException closed) {
      return MethodCall.of(found);
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
