package whorl.agent.hook.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A public method of a framework's class, which is in another loader and not on our class path:
 * looked up once for each class of a receiver and kept with that class. A shape that is not
 * understood, and a call that fails, is null.
 */
final class Getter {
  private final String owner;
  private final String method;
  private final String descriptor;
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
  }

  @Nullable Object of(@Nullable Object receiver) {
    return of(receiver, null);
  }

  /**
   * @param argument of a method that takes one
   */
  @Nullable Object of(@Nullable Object receiver, @Nullable Object argument) {
    try {
      return receiver == null ? null : calls.get(receiver.getClass()).of(receiver, argument);
    } catch (Throwable unreadable) { // costs this value
      return null;
    }
  }

  @Nullable String text(@Nullable Object receiver) {
    return textOf(of(receiver));
  }

  @Nullable String text(@Nullable Object receiver, Object argument) {
    return textOf(of(receiver, argument));
  }

  private static @Nullable String textOf(@Nullable Object value) {
    try {
      return value == null ? null : value.toString();
    } catch (Throwable unreadable) {
      return null;
    }
  }

  private GetterCall find(Class<?> type) {
    try {
      Class<?> declaring = declaring(type);
      if (declaring == null) {
        return GetterCall.NOTHING;
      }
      MethodType exact =
          MethodType.fromMethodDescriptorString(descriptor, declaring.getClassLoader());
      return GetterCall.of(MethodHandles.publicLookup().findVirtual(declaring, method, exact));
    } catch (ReflectiveOperationException | LinkageError | RuntimeException otherShape) {
      return GetterCall.NOTHING;
    }
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
