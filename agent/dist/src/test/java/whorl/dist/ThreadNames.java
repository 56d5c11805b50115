package whorl.dist;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Reads the names of all threads of this JVM's child processes from the kernel, again and again
 * until it is closed. The kernel keeps fifteen characters of a name.
 */
final class ThreadNames implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 1;

  /** A thread has the name of the one that made it until it runs, so it is read more than once. */
  private static final int OFTEN = 20;

  private static final int SELDOM = 100;

  /** Listing children reads the folder of every process; a JVM has one thread for longer. */
  private static final int LOOKS_FOR_EACH_LIST = 15;

  private final Map<Long, String> names = new ConcurrentHashMap<>();
  private final Map<Long, Integer> looks = new HashMap<>();
  private final Thread reader = new Thread(this::readUntilInterrupted, "thread-names");

  ThreadNames() {
    reader.setDaemon(true);
    reader.start();
  }

  /** By the number of the thread. */
  Map<Long, String> seen() {
    return Map.copyOf(names);
  }

  @Override
  public void close() {
    reader.interrupt();
  }

  private void readUntilInterrupted() {
    try {
      while (true) {
        long[] children =
            ProcessHandle.current().children().mapToLong(ProcessHandle::pid).toArray();
        for (int i = 0; i < LOOKS_FOR_EACH_LIST; i++) {
          for (long child : children) {
            read(child);
          }
          TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(long pid) {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        long number = number(thread);
        int look = looks.merge(number, 1, Integer::sum);
        if (look < OFTEN || look % SELDOM == 0) {
          name(thread).ifPresent(name -> names.put(number, name));
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
      // The process ended.
    }
  }

  /** Empty when the thread has ended meanwhile. */
  private static Optional<String> name(Path thread) {
    try {
      return Optional.of(Files.readString(thread.resolve("comm")).strip());
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  private static long number(Path thread) {
    return Long.parseLong(thread.getFileName().toString());
  }
}
