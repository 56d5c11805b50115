package whorl.collector.confine;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Empties one stream of a process on a thread of its own, so that the process never waits. */
final class Output {
  private interface Reading {
    void all() throws IOException;
  }

  private final Thread thread;
  private volatile @Nullable Throwable failure;

  private Output(String name, Process process, Reading reading) {
    thread = new Thread(() -> read(process, reading), name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands on lines; ends the process when there are too many, or they are not wanted. */
  static Output lines(Process process, int lineMaxChars, long maxBytes, LineConsumer lines) {
    BoundedLines bounded = new BoundedLines(lineMaxChars, maxBytes, lines);
    return new Output("whorl-confined-out", process, () -> bounded.read(process.getInputStream()));
  }

  /** Keeps the first bytes, and passes over the others. */
  static Output beginning(Process process, StringBuffer kept, int maxChars) {
    return new Output(
        "whorl-confined-err", process, () -> keep(process.getErrorStream(), kept, maxChars));
  }

  /** Waits for the end, and tells what ended it early; null when it was read to its end. */
  @Nullable Throwable join() throws InterruptedException {
    thread.join();
    return failure;
  }

  private void read(Process process, Reading reading) {
    try {
      reading.all();
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
