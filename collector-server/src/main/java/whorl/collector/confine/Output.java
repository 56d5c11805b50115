package whorl.collector.confine;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Drains one stream of a process on its own thread, so that the process never blocks. */
final class Output {
  private interface Task {
    void run() throws IOException;
  }

  private final Thread thread;
  private volatile @Nullable Throwable failure;

  private Output(String name, Process process, Task task) {
    thread = new Thread(() -> read(process, task), name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Passes lines to the consumer. Kills the process if there is too much output or the consumer
   * throws.
   */
  static Output lines(Process process, int lineMaxChars, long maxBytes, LineConsumer consumer) {
    BoundedLines bounded = new BoundedLines(lineMaxChars, maxBytes, consumer);
    return new Output("whorl-confined-out", process, () -> bounded.read(process.getInputStream()));
  }

  /** Keeps the first bytes and discards the others. */
  static Output firstChars(Process process, StringBuffer kept, int maxChars) {
    return new Output(
        "whorl-confined-err", process, () -> keep(process.getErrorStream(), kept, maxChars));
  }

  /** Waits for the end. Returns the failure that ended the reading early, or null. */
  @Nullable Throwable join() throws InterruptedException {
    thread.join();
    return failure;
  }

  private void read(Process process, Task task) {
    try {
      task.run();
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
      ConfinedJvm.kill(process);
    }
  }

  private static void keep(InputStream in, StringBuffer kept, int maxChars) throws IOException {
    byte[] buffer = new byte[4096];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      for (int i = 0; i < n && kept.length() < maxChars; i++) {
        char c = (char) (buffer[i] & 0xff);
        kept.append(c >= ' ' && c < 0x7f || c == '\n' ? c : '?');
      }
    }
  }
}
