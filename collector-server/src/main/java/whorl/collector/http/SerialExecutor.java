package whorl.collector.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs tasks in order, one at a time, on threads shared with others; a turn at a time. */
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
      turn();
    }
  }

  private void turn() {
    try {
      threads.execute(this::runOne);
    } catch (RejectedExecutionException stopping) {
      // the server stops; nothing is left to be told to anyone
      tasks.clear();
    }
  }

  private void runOne() {
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
          turn();
        }
      }
    }
  }
}
