package whorl.agent.hook.system;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Holder;

/**
 * Message and stack of what was thrown, and the stack of a thread, as the JDK's own classes give
 * them: what an application's class may have overridden is not called. Needs java.lang opened, as
 * {@link Holder} does; for an agent's thread, since it allocates.
 */
public final class ThrowableText {
  private static final StackTraceElement[] NONE = {};

  private final MethodHandle message;
  private final MethodHandle stackOfThrowable;
  private final MethodHandle stackOfThread;

  /**
   * Goes the whole way once, so that nothing is left to be linked later.
   *
   * @throws IllegalAccessException when java.lang is not opened to the agent
   */
  public ThrowableText() throws ReflectiveOperationException {
    MethodType stack = MethodType.methodType(StackTraceElement[].class);
    message = special(Throwable.class, "getMessage", MethodType.methodType(String.class));
    stackOfThrowable = special(Throwable.class, "getStackTrace", stack);
    stackOfThread = special(Thread.class, "getStackTrace", stack);
    message(new Throwable());
    stack(new Throwable());
    stack(Thread.currentThread());
  }

  /** What {@code Throwable.getMessage} returns. */
  public @Nullable String message(Throwable thrown) {
    try {
      return (String) message.invokeExact(thrown);
    } catch (Throwable none) {
      return null;
    }
  }

  /** Where it was thrown; empty for errors made beforehand that had no room for it. */
  public StackTraceElement[] stack(Throwable thrown) {
    try {
      return (StackTraceElement[]) stackOfThrowable.invokeExact(thrown);
    } catch (Throwable none) {
      return NONE;
    }
  }

  /** Where the thread is now; empty when it has ended. */
  public StackTraceElement[] stack(Thread thread) {
    try {
      return (StackTraceElement[]) stackOfThread.invokeExact(thread);
    } catch (Throwable none) {
      return NONE;
    }
  }

  private static MethodHandle special(Class<?> owner, String name, MethodType type)
      throws ReflectiveOperationException {
    return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
        .findSpecial(owner, name, type, owner);
  }
}
