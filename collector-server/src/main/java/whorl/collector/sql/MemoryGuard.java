package whorl.collector.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import whorl.collector.confine.Outcome;

/**
 * Ends this process when it has more memory than it may: texts that a query makes are not all
 * within DuckDB's own limit.
 */
final class MemoryGuard {
  private static final Path STATUS = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4_096;
  private static final long PAUSE_MILLIS = 20;

  private MemoryGuard() {}

  /** Does nothing where the system does not say how much memory a process has. */
  static void start(long maxBytes) {
    if (!Files.isReadable(STATUS)) {
      return;
    }
    Thread thread = new Thread(() -> watch(maxBytes), "whorl-memory");
    thread.setDaemon(true);
    thread.start();
  }

  private static void watch(long maxBytes) {
    try {
      while (residentBytes() <= maxBytes) {
        Thread.sleep(PAUSE_MILLIS);
      }
      Runtime.getRuntime().halt(Outcome.Ended.OUT_OF_MEMORY);
    } catch (IOException | InterruptedException | RuntimeException e) {
      // without the guard the query must not go on
      Runtime.getRuntime().halt(1);
    }
  }

  private static long residentBytes() throws IOException {
    return Long.parseLong(Files.readString(STATUS).split(" ")[1]) * PAGE_BYTES;
  }
}
