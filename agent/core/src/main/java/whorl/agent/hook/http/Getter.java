package whorl.agent.hook.http;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A public method of a framework's class, which is in another loader and not on our class path:
 * looked up once for each class of a receiver and kept with that class. A shape that is not
 * understood, and a call that fails, is null.
 *
 * <p>The call is made by a class that the JDK makes for it beside the framework's own, which costs
 * what a plain call does. Through a method handle that is no constant each takes several times as
 * long, and much longer until it is compiled. The handle remains for frameworks in modules that are
 * closed to us.
 */
final class Getter {
  private static final MethodType GENERIC = MethodType.methodType(Object.class, Object.class);
  private static final MethodType GENERIC_WITH_ARGUMENT =
      MethodType.methodType(Object.class, Object.class, Object.class);

  private final String owner;
  private final String method;
  private final String descriptor;
  private final ClassValue<Found> found =
      new ClassValue<>() {
        @Override
        protected Found computeValue(Class<?> type) {
          return find(type);
        }
      };

  /** How a method is called, by one of these; null where there is no such method. */
  private record Found(
      @Nullable Function<Object, @Nullable Object> plain,
      @Nullable BiFunction<Object, Object, @Nullable Object> withArgument) {
    static final Found NOTHING = new Found(null, null);
  }

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
    Function<Object, @Nullable Object> call =
        receiver == null ? null : found.get(receiver.getClass()).plain();
    if (receiver == null || call == null) {
      return null;
    }
    try {
      return call.apply(receiver);
    } catch (Throwable unreadable) { // costs this value
      return null;
    }
  }

  @Nullable Object of(@Nullable Object receiver, Object argument) {
    BiFunction<Object, Object, @Nullable Object> call =
        receiver == null ? null : found.get(receiver.getClass()).withArgument();
    if (receiver == null || call == null) {
      return null;
    }
    try {
      return call.apply(receiver, argument);
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

  private Found find(Class<?> type) {
    try {
      Class<?> declaring = declaring(type);
      if (declaring == null) {
        return Found.NOTHING;
      }
      MethodType exact =
          MethodType.fromMethodDescriptorString(descriptor, declaring.getClassLoader());
      MethodHandle handle = MethodHandles.publicLookup().findVirtual(declaring, method, exact);
      return exact.parameterCount() == 0
          ? plain(declaring, handle)
          : withArgument(declaring, handle);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException otherShape) {
      return Found.NOTHING;
    }
  }

  private static Found plain(Class<?> declaring, MethodHandle handle) {
    Function<Object, @Nullable Object> made = made(declaring, handle, Function.class, GENERIC);
    MethodHandle generic = handle.asType(GENERIC);
    return new Found(made != null ? made : receiver -> invoked(generic, receiver), null);
  }

  private static Found withArgument(Class<?> declaring, MethodHandle handle) {
    BiFunction<Object, Object, @Nullable Object> made =
        made(declaring, handle, BiFunction.class, GENERIC_WITH_ARGUMENT);
    MethodHandle generic = handle.asType(GENERIC_WITH_ARGUMENT);
    return new Found(
        null, made != null ? made : (receiver, argument) -> invoked(generic, receiver, argument));
  }

  /** A function of that interface which makes the call; null where none can be made. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <F> @Nullable F made(
      Class<?> declaring, MethodHandle handle, Class<?> function, MethodType generic) {
    try {
      MethodHandles.Lookup there = MethodHandles.privateLookupIn(declaring, MethodHandles.lookup());
      return (F)
          LambdaMetafactory.metafactory(
                  there,
                  "apply",
                  MethodType.methodType(function),
                  generic,
                  handle,
                  handle.type().wrap())
              .getTarget()
              .invoke();
    } catch (Throwable closedToUs) { // then the handle does it
      return null;
    }
  }

  private static @Nullable Object invoked(MethodHandle generic, Object receiver) {
    try {
      return (Object) generic.invokeExact(receiver);
    } catch (Throwable unreadable) {
      return null;
    }
  }

  private static @Nullable Object invoked(MethodHandle generic, Object receiver, Object argument) {
    try {
      return (Object) generic.invokeExact(receiver, argument);
    } catch (Throwable unreadable) {
      return null;
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
