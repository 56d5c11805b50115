package whorl.agent.hook.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** A call of a method that is known only at run time. */
interface GetterCall {
  /** Calls nothing. */
  GetterCall NOTHING = new Nothing();

  /**
   * @param argument ignored for a method without parameters
   */
  @Nullable Object of(Object receiver, @Nullable Object argument) throws Throwable;

  /** A named class, because a lambda takes long to link before main. */
  final class Nothing implements GetterCall {
    private Nothing() {}

    @Override
    public @Nullable Object of(Object receiver, @Nullable Object argument) {
      return null;
    }
  }

  /**
   * @param method takes its receiver, and at most one argument
   */
  static GetterCall of(MethodHandle method) {
    MethodHandle two =
        method.type().parameterCount() == 1
            ? MethodHandles.dropArguments(method, 1, Object.class)
            : method;
    MethodHandle generic = two.asType(MethodType.genericMethodType(2));
    try {
      return ConstantCall.make(generic);
    } catch (Exception | LinkageError notMade) { // slower, with the same result
      return (receiver, argument) -> (Object) generic.invokeExact(receiver, argument);
    }
  }
}
