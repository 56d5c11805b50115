package whorl.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.Hooks;

/**
 * The agent's threads: daemons named {@code whorl-…}, never observed, and what they fail with goes
 * into the agent's log instead of the application's handler. Of those that are to live as long as
 * the JVM, an end is remembered.
 */
final class AgentThreads implements ThreadFactory {
  private static final Set<String> LASTING =
      Set.of(
          "whorl-upkeep",
          "whorl-guard",
          "whorl-alert",
          "whorl-capture",
          "whorl-jdk-events",
          TamperWatch.FIRST,
          TamperWatch.SECOND);

  private static final int ENDED_MAX = 64;
  private static final ConcurrentLinkedQueue<Ended> ENDED = new ConcurrentLinkedQueue<>();

  private final String name;

  AgentThreads(String name) {
    this.name = "whorl-" + name;
  }

  /**
   * A thread that was to last has ended.
   *
   * @param work what it did, which another thread may take up
   */
  record Ended(String name, Runnable work) {}

  /** The next thread that ended and should not have; null when there is none. */
  static @Nullable Ended nextEnded() {
    return ENDED.poll();
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(null, new Unobserved(work), name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(AgentThreads.class.getClassLoader());
    thread.setUncaughtExceptionHandler(new ToLog());
    return thread;
  }

  /** The capture thread has its name from its owner, hence that of the thread. */
  private static void ended(Runnable work) {
    String name = Thread.currentThread().getName();
    if (LASTING.contains(name) && ENDED.size() < ENDED_MAX) {
      ENDED.add(new Ended(name, work));
    }
  }

  /** A class and no lambda, like the next: the first threads start before {@code main}. */
  private record Unobserved(Runnable work) implements Runnable {
    @Override
    public void run() {
      Hooks.ignoreThisThread();
      try {
        work.run();
      } finally {
        ended(work);
      }
    }
  }

  /** The logger is made here and not before, since this class is loaded on the main thread. */
  private static final class ToLog implements Thread.UncaughtExceptionHandler {
    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
      try {
        LoggerFactory.getLogger(AgentThreads.class)
            .warn("{} ended with", thread.getName(), failure);
      } catch (OutOfMemoryError noRoom) {
        // The JVM would print it, into the application's output.
      }
    }
  }
}
