package whorl.agent.event;

import org.jspecify.annotations.Nullable;

/**
 * The HTTP request that the current thread works for. A thread that is started, platform or
 * virtual, begins with that of the thread that started it; whoever hands work on to a thread that
 * runs already sets it there, and sets it back.
 */
public final class CurrentRequest {
  private static final InheritableThreadLocal<@Nullable RequestContext> CURRENT =
      new InheritableThreadLocal<>();

  private CurrentRequest() {}

  /** That of the current thread; null while it works for none. */
  public static @Nullable RequestContext get() {
    return CURRENT.get();
  }

  /** From now on the current thread works for this request; null: for none. */
  public static void set(@Nullable RequestContext request) {
    // Not removed where there is none: a thread would then make its place anew for each request.
    CURRENT.set(request);
  }
}
