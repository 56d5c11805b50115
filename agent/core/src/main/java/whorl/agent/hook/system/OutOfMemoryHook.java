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
 *       that cannot be started. Others may make one and never throw it; so this is a notice of its
 *       own kind
 * </ul>
 *
 * <p>Whoever catches one and tells nobody is not noticed. Since there is no memory, the thread that
 * meets the error allocates nothing: it leaves error and thread in two fields and wakes a thread of
 * the agent's. One notice of a kind at a time; what comes meanwhile is counted.
 */
public final class OutOfMemoryHook implements ObjIntConsumer<Throwable> {
  /** The word by which {@code hooks.disabled} turns it off. */
  public static final String WORD = "memory";

  /** The error passes by. */
  static final int PASSES = 0;

  /** The error is being made, perhaps to be thrown. */
  static final int MADE = 1;

  private static final String THROWABLE = "(Ljava/lang/Throwable;)";
  private static final String ERROR = "java/lang/OutOfMemoryError";

  private final ErrorNotice passed = new ErrorNotice();
  private final ErrorNotice made = new ErrorNotice();
  private final AtomicLong seen = new AtomicLong();
  private volatile @Nullable Thread watcher;

  public OutOfMemoryHook() {}

  /** Adds all places, each with the number by which {@link #accept} is told what happens there. */
  public static void addTo(Weaver weaver) {
    for (JoinPoint point : whereItPasses()) {
      weaver.add(point, PASSES);
    }
    for (String arguments : new String[] {"()", "(Ljava/lang/String;)"}) {
      weaver.add(thrown(ERROR, "<init>", arguments, JoinPoint.When.RETURN, SELF), MADE);
    }
  }

  private static List<JoinPoint> whereItPasses() {
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

  /** Goes the whole way once, so that nothing is left to be loaded or linked when memory is out. */
  public void arm(Holder holder) {
    OutOfMemoryError rehearsal = new OutOfMemoryError();
    accept(rehearsal, PASSES);
    passed.handled();
    accept(rehearsal, MADE);
    made.handled();
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
  public void accept(Throwable met, int how) {
    if (isOurs()) {
      return;
    }
    if (how != MADE) {
      seen.incrementAndGet();
    }
    if ((how == MADE ? made : passed).take(met)) {
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

  /** The last error that passed by. */
  public ErrorNotice passed() {
    return passed;
  }

  /** The last error that was made; whether it was thrown as well is not known. */
  public ErrorNotice made() {
    return made;
  }

  /** Whether a notice waits to be handled. */
  public boolean pending() {
    return passed.pending() || made.pending();
  }

  /**
   * How often an error was met so far, the same one at several places included, and how many were
   * made that count.
   */
  public long seen() {
    return seen.get();
  }

  /** One that was made counts as well. */
  public void countMade() {
    seen.incrementAndGet();
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
