package whorl.samples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of ours, with the lines that it printed: standard output and error, as they came. */
final class Child implements AutoCloseable {
  private static final int LINES_MAX = 20_000;
  private static final Duration END_PATIENCE = Duration.ofSeconds(15);

  private final String name;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
    this.reader = new Thread(this::read, "demo-reads-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  static Child start(String name, ProcessBuilder builder) {
    try {
      return new Child(name, builder.redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be started", e);
    }
  }

  /** Runs it to its end. */
  static Child run(String name, Duration patience, ProcessBuilder builder) {
    Child child = start(name, builder);
    child.awaitEnd(patience);
    return child;
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          if (lines.size() < LINES_MAX) {
            lines.add(line);
          }
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      synchronized (lines) {
        lines.add("(the output of " + name + " broke off: " + e.getMessage() + ")");
        lines.notifyAll();
      }
    }
  }

  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /**
   * The match in the first line that has one.
   *
   * @throws IllegalStateException when there is none in time, or the process ended without
   */
  Matcher awaitLine(Pattern pattern, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    int seen = 0;
    synchronized (lines) {
      while (true) {
        for (; seen < lines.size(); seen++) {
          Matcher matcher = pattern.matcher(lines.get(seen));
          if (matcher.find()) {
            return matcher;
          }
        }
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (leftMillis <= 0 || (!process.isAlive() && !reader.isAlive())) {
          throw new IllegalStateException(
              name + " did not print " + pattern + "; it printed:\n" + String.join("\n", lines));
        }
        try {
          lines.wait(Math.min(leftMillis, 200));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
      }
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /**
   * The exit status.
   *
   * @throws IllegalStateException when it does not end in time; it is killed then
   */
  int awaitEnd(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            name + " did not end in " + patience + "; it printed:\n" + String.join("\n", lines()));
      }
      reader.join(END_PATIENCE.toMillis());
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name, e);
    }
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    awaitEnd(END_PATIENCE);
  }

  /** SIGTERM, and SIGKILL when that does not help. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      reader.join(END_PATIENCE.toMillis());
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
