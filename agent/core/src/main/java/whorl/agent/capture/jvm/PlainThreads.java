package whorl.agent.capture.jvm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.Reason;
import whorl.agent.capture.jvm.ThreadDump.ThreadState;

/** Reads platform threads if java.management is absent: names and stacks, no locks. */
final class PlainThreads {
  private PlainThreads() {}

  /**
   * The JDK asks each thread for its {@code hashCode}, which may be the application's, so meanwhile
   * this thread is observed.
   *
   * @throws IOException if such a method, or the JDK, fails
   */
  static List<ThreadState> platform() throws IOException {
    Map<Thread, StackTraceElement[]> stacks;
    try {
      stacks = whorl.agent.hook.weave.ThreadState.observed(Thread::getAllStackTraces);
    } catch (RuntimeException | Error failure) {
      throw notListed(failure);
    }
    List<ThreadState> states = new ArrayList<>();
    for (Map.Entry<Thread, StackTraceElement[]> entry : stacks.entrySet()) {
      states.add(state(entry.getKey(), false, null, entry.getValue()));
    }
    return states;
  }

  /** Says why the threads cannot be listed. */
  static IOException notListed(Throwable failure) {
    return new IOException(
        failure.getClass().getModule() == Object.class.getModule()
            ? Reason.of(failure)
            : "a method of a thread's own class fails");
  }

  /**
   * @param thread may be of the application's own subclass, so only final methods are called
   */
  static ThreadState state(
      Thread thread, boolean virtual, @Nullable String container, StackTraceElement[] stack) {
    boolean isJdkClass = thread.getClass().getClassLoader() == null;
    return new ThreadState(
        isJdkClass ? id(thread) : null,
        thread.getName(),
        thread.getClass().getName(),
        virtual,
        thread.isDaemon(),
        thread.getPriority(),
        isJdkClass ? thread.getState().name() : null,
        null,
        null,
        container,
        null,
        ThreadDump.frames(stack));
  }

  @SuppressWarnings("deprecation") // threadId() came with 19
  private static long id(Thread thread) {
    return thread.getId();
  }
}
