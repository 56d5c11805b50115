package whorl.agent;

import java.util.concurrent.ThreadFactory;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.Hooks;

/**
 * The agent's threads: daemons named {@code whorl-…}, never observed, and what they fail with goes
 * into the agent's log instead of the application's handler.
 */
final class AgentThreads implements ThreadFactory {
  private final String name;

  AgentThreads(String name) {
    this.name = "whorl-" + name;
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread =
        new Thread(
            null,
            () -> {
              Hooks.ignoreThisThread();
              work.run();
            },
            name,
            0,
            false);
    thread.setDaemon(true);
    thread.setContextClassLoader(AgentThreads.class.getClassLoader());
    thread.setUncaughtExceptionHandler(AgentThreads::ended);
    return thread;
  }

  /** The logger is made here and not before, since this class is loaded on the main thread. */
  private static void ended(Thread thread, Throwable failure) {
    try {
      LoggerFactory.getLogger(AgentThreads.class).warn("{} ended with", thread.getName(), failure);
    } catch (OutOfMemoryError noRoom) {
      // The JVM would print it, into the application's output.
    }
  }
}
