package whorl.collector.thread;

import java.util.concurrent.ThreadFactory;

/** Makes threads with one name that do not keep the collector from its end. Thread-safe. */
public final class DaemonThreads implements ThreadFactory {
  private final String name;

  /**
   * @param name of all its threads, such as {@code whorl-retention}
   */
  public DaemonThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
