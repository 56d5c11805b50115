package whorl.collector.http.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks in order, one at a time, on shared threads. Each task is submitted separately, so that
 * other executors get their turn.
 */
final class SerialExecutor implements Executor {
  private final Executor threads;
  private final Deque<Runnable> tasks = new ArrayDeque<>(2);
  private boolean running;

  SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  @Override
  public synchronized void execute(Runnable task) {
    tasks.add(task);
    if (!running) {
      running = true;
      submitNext();
    }
  }

  private void submitNext() {
    try {
      threads.execute(this::runNext);
    } catch (RejectedExecutionException stopping) {
      // the server stops, so the remaining tasks are dropped
      tasks.clear();
    }
  }

  private void runNext() {
    Runnable task;
    synchronized (this) {
      task = tasks.poll();
    }
    try {
      if (task != null) {
        task.run();
      }
    } finally {
      synchronized (this) {
        if (tasks.isEmpty()) {
          running = false;
        } else {
          submitNext();
        }
      }
    }
  }
}
