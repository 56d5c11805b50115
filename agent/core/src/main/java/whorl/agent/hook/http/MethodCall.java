package whorl.agent.hook.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Calls of methods that are known only at run time. A call takes the receiver and an argument,
 * which a method without parameters ignores. Its type is the JDK's, because a class in a loader
 * that does not see the agent implements it too.
 */
final class MethodCall {
  /** Calls nothing. */
  static final BiFunction<Object, @Nullable Object, @Nullable Object> NOTHING = new Nothing();

  private MethodCall() {}

  /** A named class, because a lambda takes long to link before main. */
  private static final class Nothing
      implements BiFunction<Object, @Nullable Object, @Nullable Object> {
    @Override
    public @Nullable Object apply(Object receiver, @Nullable Object argument) {
      return null;
    }
  }

  /** Slower than a call of its own class, with the same result. */
  private record Slow(MethodHandle generic)
      implements BiFunction<Object, @Nullable Object, @Nullable Object> {
    @Override
    public @Nullable Object apply(Object receiver, @Nullable Object argument) {
      try {
        return (Object) generic.invokeExact(receiver, argument);
      } catch (Throwable failure) { // as with any failing method, only this value is lost
        return null;
      }
    }
  }

  /**
   * @param method takes its receiver, and at most one argument
   */
  static BiFunction<Object, @Nullable Object, @Nullable Object> of(MethodHandle method) {
    MethodHandle two =
        method.type().parameterCount() == 1
            ? MethodHandles.dropArguments(method, 1, Object.class)
            : method;
    MethodHandle generic = two.asType(MethodType.genericMethodType(2));
    try {
      return ConstantCall.make(generic);
    } catch (Exception | LinkageError notMade) {
      return new Slow(generic);
    }
  }
}
