package whorl.agent.thread;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists the threads of this JVM. No code of the application runs for it, and no stack is read. The
 * JDK's public methods do not have that property: {@link Thread#getAllStackTraces} asks each thread
 * for its {@code hashCode}, and on Java 17 {@link ThreadGroup#activeCount} can be overridden, and
 * groups are locked. On a thread of the agent, which no hook observes, code of the application
 * could then do anything, or never return.
 */
public final class LiveThreads {
  private static final int FIRST_SIZE = 256;

  private final @Nullable Method threads;

  /**
   * @param opener opens a package of a named module to this agent, or throws
   */
  public LiveThreads(BiConsumer<Module, String> opener) {
    this.threads = method(opener);
  }

  private static @Nullable Method method(BiConsumer<Module, String> opener) {
    try {
      Method threads = Thread.class.getDeclaredMethod("getThreads");
      if (!threads.trySetAccessible()) {
        opener.accept(Thread.class.getModule(), Thread.class.getPackageName());
        threads.setAccessible(true);
      }
      return threads;
    } catch (ReflectiveOperationException | RuntimeException otherShape) {
      return null;
    }
  }

  /** Returns all platform threads that live. */
  public List<Thread> list() {
    try {
      if (threads != null && threads.invoke(null) instanceof Thread[] live) {
        return List.of(live);
      }
    } catch (ReflectiveOperationException | RuntimeException refused) {
      // The groups of the threads know them too.
    }
    return ofGroups();
  }

  /** As {@link #list()}, for a JDK of another shape; on Java 17 it takes the locks of groups. */
  static List<Thread> ofGroups() {
    ThreadGroup top = Thread.currentThread().getThreadGroup();
    while (top.getParent() != null) {
      top = top.getParent();
    }
    Thread[] live = new Thread[FIRST_SIZE];
    int count = top.enumerate(live, true);
    while (count == live.length) {
      live = new Thread[live.length * 2];
      count = top.enumerate(live, true);
    }
    return List.of(Arrays.copyOf(live, count));
  }
}
