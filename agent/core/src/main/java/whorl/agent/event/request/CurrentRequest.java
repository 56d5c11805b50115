package whorl.agent.event.request;

import org.jspecify.annotations.Nullable;
import whorl.event.RequestContext;

/**
 * The HTTP request that the current thread works for. A started thread, platform or virtual, begins
 * with the request of the thread that started it, whether or not it inherits thread-locals. Code
 * that hands work to a running thread sets the request there and resets it afterwards. Some time
 * after the response, only the {@linkplain RequestContext#isStart start} of the request remains.
 */
public final class CurrentRequest {
  private static final InheritableThreadLocal<@Nullable RequestContext> CURRENT =
      new InheritableThreadLocal<>();
  private static final StartedThreads STARTED = new StartedThreads();

  private CurrentRequest() {}

  /** The current thread's request; null if there is none. */
  public static @Nullable RequestContext get() {
    RequestContext request = CURRENT.get();
    // Also removes the note of a thread that has inherited its request.
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

  /** Sets the current thread's request; null for none. */
  public static void set(@Nullable RequestContext request) {
    STARTED.take(Thread.currentThread());
    // Set to null instead of removed: otherwise a thread would allocate its entry again for each
    // request.
    CURRENT.set(request);
  }

  /** Notes that the current thread is about to start this one. */
  public static void starting(Thread thread) {
    RequestContext request = get();
    if (request != null) {
      STARTED.add(thread, request);
    }
  }

  /** Number of started threads whose request was dropped. */
  public static long lost() {
    return STARTED.lost();
  }
}
