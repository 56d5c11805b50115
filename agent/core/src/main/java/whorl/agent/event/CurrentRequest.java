package whorl.agent.event;

import org.jspecify.annotations.Nullable;

/**
 * The HTTP request that the current thread works for. A thread that is started, platform or
 * virtual, begins with that of the thread that started it, whether it inherits thread-locals or
 * not; code that hands work on to a thread that runs already sets it there, and sets it back. When
 * the answer is long past, only the {@linkplain RequestContext#isStart start} is left of it.
 */
public final class CurrentRequest {
  private static final InheritableThreadLocal<@Nullable RequestContext> CURRENT =
      new InheritableThreadLocal<>();
  private static final StartedThreads STARTED = new StartedThreads();

  private CurrentRequest() {}

  /** That of the current thread; null while it works for none. */
  public static @Nullable RequestContext get() {
    RequestContext request = CURRENT.get();
    // Of a thread that has inherited, the note goes as well.
    RequestContext start = STARTED.take(Thread.currentThread());
    if (request == null) {
      if (start == null) {
        return null;
      }
      request = start;
      CURRENT.set(request);
    }
    return request.isOver() ? request.at(System.nanoTime()) : request;
  }

  /** From now on the current thread works for this request; null: for none. */
  public static void set(@Nullable RequestContext request) {
    STARTED.take(Thread.currentThread());
    // Not removed where there is none: a thread would then make its place anew for each request.
    CURRENT.set(request);
  }

  /** The current thread is about to start this one. */
  public static void starting(Thread thread) {
    RequestContext request = get();
    if (request != null) {
      STARTED.add(thread, request);
    }
  }

  /** Started threads whose request was forgotten. */
  public static long lost() {
    return STARTED.lost();
  }
}
