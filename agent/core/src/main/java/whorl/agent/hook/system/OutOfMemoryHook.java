package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.thrown;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Holder;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.hook.weave.Weaver;

/**
 * Notices an OutOfMemoryError. HotSpot throws most of them without running any Java code, some of
 * them preallocated, so there is nothing to hook where they arise. These hooks are at the places
 * that such an error passes afterwards:
 *
 * <ul>
 *   <li>it is not caught: {@code Thread.dispatchUncaughtException}, on virtual threads too
 *   <li>it is logged, or wrapped as a cause and logged: {@code Throwable.getMessage}, which {@code
 *       toString}, {@code printStackTrace}, {@code new Throwable(cause)} and every log framework
 *       call
 *   <li>it ends a task, whose future may never be queried: {@code FutureTask}, {@code ForkJoinTask}
 *       ({@code CompletableFuture} wraps it as a cause)
 *   <li>it is created by Java code, or by HotSpot through its constructor: direct buffers, threads
 *       that cannot be started. Code may create one and never throw it, so this is a separate kind
 *       of notice
 * </ul>
 *
 * <p>An error that is caught and never reported is not noticed. Because there is no memory, the
 * thread that meets the error allocates nothing: it stores error and thread in two fields and wakes
 * a thread of the agent. There is one notice of each kind at a time; further errors are counted.
 */
public final class OutOfMemoryHook implements ObjIntConsumer<Throwable> {
  /** The word in {@code hooks.disabled} that turns it off. */
  public static final String WORD = "memory";

  /** The error passes a hooked place. */
  static final int PASSED = 0;

  /** The error is created, possibly to be thrown. */
  static final int CREATED = 1;

  private static final String THROWABLE = "(Ljava/lang/Throwable;)";
  private static final String ERROR = "java/lang/OutOfMemoryError";

  private final ErrorNotice passed = new ErrorNotice();
  private final ErrorNotice created = new ErrorNotice();
  private final AtomicLong seen = new AtomicLong();
  private volatile @Nullable Thread watcher;

  public OutOfMemoryHook() {}

  /** Adds all join points, each with the number that {@link #accept} receives. */
  public static void addTo(Weaver weaver) {
    for (JoinPoint point : passedMethods()) {
      weaver.add(point, PASSED);
    }
    for (String arguments : new String[] {"()", "(Ljava/lang/String;)"}) {
      weaver.add(thrown(ERROR, "<init>", arguments, JoinPoint.When.RETURN, SELF), CREATED);
    }
  }

  private static List<JoinPoint> passedMethods() {
    return List.of(
        thrown("java/lang/Throwable", "getMessage", "()", JoinPoint.When.ENTRY, SELF),
        thrown(
            "java/lang/Thread",
            "dispatchUncaughtException",
            THROWABLE,
            JoinPoint.When.ENTRY,
            argument(0)),
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

  /** Runs the whole path once, so that nothing is left to load or link when memory is exhausted. */
  public void arm(Holder holder) {
    OutOfMemoryError rehearsal = new OutOfMemoryError();
    accept(rehearsal, PASSED);
    passed.handled();
    accept(rehearsal, CREATED);
    created.handled();
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

  /** Runs on the thread that meets the error. */
  @Override
  public void accept(Throwable error, int kind) {
    if (isOurs()) {
      return;
    }
    if (kind != CREATED) {
      seen.incrementAndGet();
    }
    if ((kind == CREATED ? created : passed).take(error)) {
      LockSupport.unpark(watcher);
    }
  }

  /**
   * Sets the thread to wake for each notice; it may be woken for an earlier one.
   *
   * @param woken woken by {@link LockSupport#unpark}
   */
  public void wake(Thread woken) {
    watcher = woken;
  }

  /** The last error that passed a hooked place. */
  public ErrorNotice passed() {
    return passed;
  }

  /** The last error that was created; it may never have been thrown. */
  public ErrorNotice created() {
    return created;
  }

  /** True if a notice waits to be handled. */
  public boolean pending() {
    return passed.pending() || created.pending();
  }

  /**
   * The number of errors met so far, including the same one at several places, and of created
   * errors that count.
   */
  public long seen() {
    return seen.get();
  }

  /** Counts a created error as well. */
  public void countCreated() {
    seen.incrementAndGet();
  }

  /** True on a thread of the agent, or inside a hook. */
  private static boolean isOurs() {
    try {
      return ThreadState.busyNow();
    } catch (OutOfMemoryError noRoom) {
      // A thread of the application: the agent's threads have their state from their start.
      return false;
    }
  }
}
