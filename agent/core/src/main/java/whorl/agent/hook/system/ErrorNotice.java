package whorl.agent.hook.system;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One error that a thread of the application met, until a thread of the agent has handled it. */
public final class ErrorNotice {
  private static final int FREE = 0;
  private static final int TAKEN = 1;

  // Not AtomicBoolean: its VarHandle is linked at its first use, which allocates.
  private final AtomicInteger slot = new AtomicInteger(FREE);
  private volatile @Nullable Throwable error;
  private volatile @Nullable Thread thread;

  ErrorNotice() {}

  /**
   * Stores the error and the current thread; allocates nothing.
   *
   * @return false if another error is stored
   */
  boolean take(Throwable thrown) {
    if (!slot.compareAndSet(FREE, TAKEN)) {
      return false;
    }
    thread = Thread.currentThread();
    error = thrown;
    return true;
  }

  /** The stored error; null if there is none. */
  public @Nullable Throwable error() {
    return error;
  }

  /** The thread that met {@link #error}. */
  public @Nullable Thread thread() {
    return thread;
  }

  /** True if an error waits to be {@link #handled}. */
  boolean pending() {
    return slot.get() != FREE;
  }

  /** Removes the error and its thread, so that the next one can be stored. */
  public void handled() {
    error = null;
    thread = null;
    slot.set(FREE);
  }
}
