package whorl.agent.hook.handover;

import java.util.TimerTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.request.CurrentRequest;
import whorl.event.RequestContext;
import whorl.event.StackEnd;

/**
 * Carries a request over when its work passes to a thread that already runs. A task submitted
 * during a request is noted with it, by identity and weakly; the thread that runs the task works
 * for that request meanwhile, or for none. No task is wrapped. Runs on the application's threads,
 * without a lock, and allocates only while there is a request.
 *
 * <p>Tasks of {@code java.lang} are ignored: they are virtual threads' own steps, submitted while a
 * thread is half mounted. Such a thread inherited its request when it was started.
 */
public final class Handover implements ObjIntConsumer<Object> {
  /** The task is submitted to a pool. */
  static final int SUBMITTED = 0;

  /** A pool's thread takes the task, and has no other task meanwhile. */
  static final int TAKEN = 1;

  /**
   * The thread has finished the task. This is the number after {@link #TAKEN}, as required by the
   * weaving around a call.
   */
  static final int DONE = 2;

  /** The task starts on a thread that may be in the middle of another task or request. */
  static final int ENTERED = 3;

  /** The task ends there, normally or with an exception. */
  static final int LEFT = 4;

  /** Like {@link #BEGUN}, for tasks that may start several times. */
  static final int RESUMED = 5;

  /** A pool's thread starts: the request that it inherited from its creator is not its own. */
  static final int WORKER = 6;

  /** A thread is about to be started; it may inherit nothing. */
  static final int STARTED = 7;

  /** Like {@link #ENTERED}, for tasks that may not have been submitted. */
  static final int BEGUN = 8;

  /** The thread that submits the task runs it at once, within what it does. */
  static final int RUN_HERE = 9;

  /** The number after {@link #RUN_HERE}, as required by the weaving around a call. */
  static final int RAN_HERE = 10;

  private static final int HANDED_ROW_BITS = 11;
  private static final int BEFORE_ROW_BITS = 8;

  /** Null if the JDK has no such class: then no task counts as periodic. */
  private static final @Nullable Class<?> SCHEDULED =
      jdkClass("java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask");

  private static final @Nullable Class<?> TIMER_THREAD = jdkClass("java.util.TimerThread");

  private static final RequestContext NONE = new RequestContext("", "", "", "");

  private final WeakTable<RequestContext> submitted =
      new WeakTable<>(MemoryBudget.OF_THIS_JVM.tableBits(HANDED_ROW_BITS));
  private final WeakTable<RequestContext> before =
      new WeakTable<>(MemoryBudget.OF_THIS_JVM.tableBits(BEFORE_ROW_BITS));
  private final AtomicLong failures = new AtomicLong();

  @Override
  public void accept(@Nullable Object task, int kind) {
    try {
      switch (kind) {
        case SUBMITTED, RUN_HERE -> submit(task);
        case RAN_HERE -> {} // leaving the task gave the thread its request back
        case TAKEN -> switchTo(requestOf(task));
        case DONE, WORKER -> switchTo(null);
        case ENTERED -> enter(task, requestOf(task));
        case BEGUN -> begin(task, requestOf(task));
        case RESUMED -> begin(task, task == null ? null : submitted.get(task));
        case LEFT -> leave(task);
        case STARTED -> start(task);
        default -> failures.incrementAndGet();
      }
    } catch (Throwable failure) { // no failure may reach the application
      if (failure instanceof StackOverflowError) {
        StackEnd.met(); // what the task does has no request
      }
      failures.incrementAndGet();
    }
  }

  /** Runs each path once, so that nothing is left to be loaded later. */
  public void warmUp() {
    Object task = new Object();
    submitted.put(task, NONE);
    requestOf(task);
    enter(task, null);
    leave(task);
    begin(task, null);
    start(task);
    switchTo(null);
    tidy();
  }

  /** Tasks whose request was forgotten, and visits that failed. */
  public long lost() {
    return submitted.lost() + before.lost() + failures.get() + CurrentRequest.lost();
  }

  private void submit(@Nullable Object task) {
    if (task == null || task.getClass().getName().startsWith("java.lang.")) {
      return;
    }
    RequestContext current = CurrentRequest.get();
    // A timer refuses a task that it has already.
    boolean refused = task instanceof TimerTask && submitted.get(task) != null;
    if (current != null && !refused) {
      submitted.put(task, current);
    }
  }

  private @Nullable RequestContext requestOf(@Nullable Object task) {
    if (task == null) {
      return null;
    }
    // All runs of a periodic task belong to the request that scheduled it.
    return isPeriodic(task) ? submitted.get(task) : submitted.remove(task);
  }

  /**
   * Calls only the JDK's own class, which an application cannot extend. What a timer runs counts as
   * periodic: nobody can schedule it a second time.
   */
  private static boolean isPeriodic(Object task) {
    return (task.getClass() == SCHEDULED && ((RunnableScheduledFuture<?>) task).isPeriodic())
        || (task instanceof TimerTask && Thread.currentThread().getClass() == TIMER_THREAD);
  }

  private static @Nullable Class<?> jdkClass(String name) {
    try {
      return Class.forName(name, false, null);
    } catch (ClassNotFoundException otherJdk) {
      return null;
    }
  }

  /** Removes notes about collected tasks that never ran, such as cancelled ones. */
  public void tidy() {
    submitted.tidy();
    before.tidy();
  }

  private void enter(@Nullable Object task, @Nullable RequestContext request) {
    RequestContext current = CurrentRequest.get();
    if (task != null && request != current) {
      before.put(task, current == null ? NONE : current);
      CurrentRequest.set(request);
    }
  }

  private void begin(@Nullable Object task, @Nullable RequestContext request) {
    if (request != null) {
      enter(task, request);
    }
  }

  private void leave(@Nullable Object task) {
    RequestContext previous = task == null ? null : before.remove(task);
    if (previous != null) {
      CurrentRequest.set(previous == NONE ? null : previous);
    }
  }

  private static void start(@Nullable Object thread) {
    if (thread instanceof Thread started) {
      CurrentRequest.starting(started);
    }
  }

  private static void switchTo(@Nullable RequestContext request) {
    if (CurrentRequest.get() != request) {
      CurrentRequest.set(request);
    }
  }
}
