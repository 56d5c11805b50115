package whorl.agent.hook.handover;

import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.RequestContext;

/**
 * Brings a request along when its work is handed to a thread that runs already: a task handed in
 * during a request is noted with it, by identity and weakly, and whoever runs the task works for
 * that request meanwhile, or for none. No task is wrapped. Runs on the application's threads,
 * without a lock, and allocates only while there is a request.
 *
 * <p>Tasks of {@code java.lang} are left alone: those are virtual threads' own steps, handed in
 * where a thread is half mounted; the thread inherited its request when it was started.
 */
public final class Handover implements ObjIntConsumer<Object> {
  /** The task is given to a pool. */
  static final int HANDED_IN = 0;

  /** A pool's thread takes up the task, and knows of no task but this. */
  static final int TAKEN_UP = 1;

  /** It has done with it: the number after {@link #TAKEN_UP}, as the weaving around a call asks. */
  static final int DONE = 2;

  /** The task begins on a thread that may be at another task's work, or a request's. */
  static final int ENTERED = 3;

  /** It ends there, whatever came of it. */
  static final int LEFT = 4;

  /** As {@link #BEGUN}, of what may begin several times. */
  static final int RESUMED = 5;

  /** A pool's thread begins: what it inherited from who happened to need it is not its own. */
  static final int WORKER = 6;

  /** A thread is about to be started; it may inherit nothing. */
  static final int STARTED = 7;

  /** As {@link #ENTERED}, of what may be nothing that was handed in. */
  static final int BEGUN = 8;

  private static final int HANDED_ROW_BITS = 11;
  private static final int BEFORE_ROW_BITS = 8;

  /** Null where the JDK has no such class: then none of them is periodic. */
  private static final @Nullable Class<?> SCHEDULED =
      jdkClass("java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask");

  private static final RequestContext NONE = new RequestContext("", "", "", "");

  private final WeakTable<RequestContext> handed =
      new WeakTable<>(MemoryBudget.OF_THIS_JVM.tableBits(HANDED_ROW_BITS));
  private final WeakTable<RequestContext> before =
      new WeakTable<>(MemoryBudget.OF_THIS_JVM.tableBits(BEFORE_ROW_BITS));
  private final AtomicLong failures = new AtomicLong();

  @Override
  public void accept(@Nullable Object task, int what) {
    try {
      switch (what) {
        case HANDED_IN -> handIn(task);
        case TAKEN_UP -> become(taken(task));
        case DONE, WORKER -> become(null);
        case ENTERED -> enter(task, taken(task));
        case BEGUN -> begin(task, taken(task));
        case RESUMED -> begin(task, task == null ? null : handed.get(task));
        case LEFT -> leave(task);
        case STARTED -> start(task);
        default -> failures.incrementAndGet();
      }
    } catch (Throwable failure) { // whatever it is, it must not reach the application
      failures.incrementAndGet();
    }
  }

  /** Goes each way once, so that nothing is left to be loaded later. */
  public void warmUp() {
    Object task = new Object();
    handed.put(task, NONE);
    taken(task);
    enter(task, null);
    leave(task);
    begin(task, null);
    start(task);
    become(null);
    tidy();
  }

  /** Tasks whose request was forgotten, and visits that failed. */
  public long lost() {
    return handed.lost() + before.lost() + failures.get() + CurrentRequest.lost();
  }

  private void handIn(@Nullable Object task) {
    if (task == null || task.getClass().getName().startsWith("java.lang.")) {
      return;
    }
    RequestContext current = CurrentRequest.get();
    if (current != null) {
      handed.put(task, current);
    }
  }

  private @Nullable RequestContext taken(@Nullable Object task) {
    if (task == null) {
      return null;
    }
    // What runs again and again goes on being what that request brought about.
    return isPeriodic(task) ? handed.get(task) : handed.remove(task);
  }

  /** Asks none but the JDK's own class, which no application's can be. */
  private static boolean isPeriodic(Object task) {
    return task.getClass() == SCHEDULED && ((RunnableScheduledFuture<?>) task).isPeriodic();
  }

  private static @Nullable Class<?> jdkClass(String name) {
    try {
      return Class.forName(name, false, null);
    } catch (ClassNotFoundException otherJdk) {
      return null;
    }
  }

  /** Lets go of what is noted of tasks that are gone without having run, such as cancelled ones. */
  public void tidy() {
    handed.tidy();
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
    RequestContext was = task == null ? null : before.remove(task);
    if (was != null) {
      CurrentRequest.set(was == NONE ? null : was);
    }
  }

  private static void start(@Nullable Object thread) {
    if (thread instanceof Thread started) {
      CurrentRequest.starting(started);
    }
  }

  private static void become(@Nullable RequestContext request) {
    if (CurrentRequest.get() != request) {
      CurrentRequest.set(request);
    }
  }
}
