package whorl.agent.hook.system;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Holder;

/**
 * Message and stack of a throwable, and the stack of a thread, from the JDK's own classes; no
 * method that an application's class may have overridden is called. Needs java.lang opened, as
 * {@link Holder} does. For agent threads only, because it allocates.
 */
public final class ThrowableText {
  private static final StackTraceElement[] NONE = {};

  private final MethodHandle message;
  private final MethodHandle stackOfThrowable;
  private final MethodHandle stackOfThread;

  /**
   * Runs the whole path once, so that nothing is left to be linked later.
   *
   * @throws IllegalAccessException if java.lang is not opened to the agent
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

  /** The result of {@code Throwable.getMessage}. */
  public @Nullable String message(Throwable thrown) {
    try {
      return (String) message.invokeExact(thrown);
    } catch (Throwable none) {
      return null;
    }
  }

  /** The stack where it was thrown; empty for preallocated errors without a stack. */
  public StackTraceElement[] stack(Throwable thrown) {
    try {
      return (StackTraceElement[]) stackOfThrowable.invokeExact(thrown);
    } catch (Throwable none) {
      return NONE;
    }
  }

  /** The thread's current stack; empty if it has ended. */
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
