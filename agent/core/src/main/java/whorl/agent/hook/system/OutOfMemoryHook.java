package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.thrown;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Holder;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Notices an OutOfMemoryError. HotSpot throws most of them without running any Java code, a few of
 * them made beforehand, so there is nothing to hook where they arise; what can be hooked is where
 * they pass by afterwards:
 *
 * <ul>
 *   <li>nobody catches it: {@code Thread.dispatchUncaughtException}, on virtual threads too
 *   <li>somebody logs it, or wraps it as a cause and logs that: {@code Throwable.getMessage}, which
 *       {@code toString}, {@code printStackTrace}, {@code new Throwable(cause)} and every log
 *       framework call
 *   <li>it ends a task, whose future nobody may ever ask: {@code FutureTask}, {@code ForkJoinTask}
 *       ({@code CompletableFuture} wraps it as a cause)
 *   <li>it is made by Java code, or by HotSpot through its constructor: direct buffers, threads
 *       that cannot be started
 * </ul>
 *
 * <p>Whoever catches one and tells nobody is not noticed. Since there is no memory, the thread that
 * meets the error allocates nothing: it leaves error and thread in two fields and wakes a thread of
 * the agent's. One notice at a time; what comes meanwhile is counted.
 */
public final class OutOfMemoryHook implements Consumer<Throwable> {
  /** The word by which {@code hooks.disabled} turns it off. */
  public static final String WORD = "memory";

  private static final String THROWABLE = "(Ljava/lang/Throwable;)";
  private static final int FREE = 0;
  private static final int TAKEN = 1;

  // Not AtomicBoolean: its VarHandle is linked at its first use, which allocates.
  private final AtomicInteger slot = new AtomicInteger(FREE);
  private final AtomicLong seen = new AtomicLong();
  private volatile @Nullable Throwable error;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Thread watcher;

  public OutOfMemoryHook() {}

  public static List<JoinPoint> joinPoints() {
    return List.of(
        thrown("java/lang/Throwable", "getMessage", "()", JoinPoint.When.ENTRY, SELF),
        thrown(
            "java/lang/Thread",
            "dispatchUncaughtException",
            THROWABLE,
            JoinPoint.When.ENTRY,
            argument(0)),
        thrown("java/lang/OutOfMemoryError", "<init>", "()", JoinPoint.When.RETURN, SELF),
        thrown(
            "java/lang/OutOfMemoryError",
            "<init>",
            "(Ljava/lang/String;)",
            JoinPoint.When.RETURN,
            SELF),
        thrown(
            "java/util/concurrent/FutureTask",
            "setException",
            THROWABLE,
            JoinPoint.When.ENTRY,
            argument(0)),
        thrown(
            "java/util/concurrent/ForkJoinTask",
            "trySetThrown",
            THROWABLE,
            JoinPoint.When.ENTRY,
            argument(0)));
  }

  /** Goes the whole way once, so that nothing is left to be loaded or linked when memory is out. */
  public void arm(Holder holder) {
    OutOfMemoryError rehearsal = new OutOfMemoryError();
    accept(rehearsal);
    handled();
    seen.set(0);
    byte[] state = ThreadState.current();
    ThreadState.busy(state, true);
    try {
      holder.armMemory(this);
      rehearsal = new OutOfMemoryError(rehearsal.getMessage());
    } finally {
      ThreadState.busy(state, false);
    }
  }

  /** Called on whatever thread meets the error. */
  @Override
  public void accept(Throwable met) {
    if (isOurs()) {
      return;
    }
    seen.incrementAndGet();
    if (slot.compareAndSet(FREE, TAKEN)) {
      thread = Thread.currentThread();
      error = met;
      LockSupport.unpark(watcher);
    }
  }

  /**
   * This thread is woken by each notice from now on; it may come for one that was there before.
   *
   * @param woken by {@link LockSupport#unpark}
   */
  public void wake(Thread woken) {
    watcher = woken;
  }

  /** The error that was noticed; null while there is none. */
  public @Nullable Throwable error() {
    return error;
  }

  /** The thread that met {@link #error}. */
  public @Nullable Thread thread() {
    return thread;
  }

  /** Whether a notice waits to be {@link #handled}. */
  public boolean pending() {
    return slot.get() != FREE;
  }

  /** Lets go of the error and its thread: the next one can be noticed. */
  public void handled() {
    error = null;
    thread = null;
    slot.set(FREE);
  }

  /** How often an error was met so far, the same one at several places included. */
  public long seen() {
    return seen.get();
  }

  /** Of the agent's threads, or inside a hook. */
  private static boolean isOurs() {
    try {
      return ThreadState.busyNow();
    } catch (OutOfMemoryError noRoom) {
      // A thread of the application's: all of ours have their state from their first moment.
      return false;
    }
  }
}
