import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server at work, and what the kernel says of its process. */
final class ServerProcess implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100;

  private final Process process;
  private final Path log;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts it; what it says goes to {@code log}. */
  static ServerProcess start(Path log, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new ServerProcess(process, log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it as a lost machine would (SIGKILL). */
  void kill() {
    process.destroyForcibly();
  }

  long pid() {
    return process.pid();
  }

  /** In user mode and in the kernel's, of all its threads and not of its children. */
  double cpuSeconds() throws IOException {
    return cpuSeconds(process.pid(), false);
  }

  /**
   * As {@link #cpuSeconds()} of any process.
   *
   * @param ended whether with the children that it has waited for
   */
  static double cpuSeconds(long pid, boolean ended) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int i = 11; i < (ended ? 15 : 13); i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** What it has in memory, in bytes. */
  double residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid()), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS of " + pid());
  }

  /** Waits until {@code ready}; what the server said is in the exception if it ends before. */
  void await(Condition ready) throws IOException, InterruptedException {
    for (int i = 0; i < 3600; i++) {
      if (!process.isAlive()) {
        break;
      }
      if (ready.holds()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IOException("not ready within three minutes:\n" + Files.readString(log));
  }

  /** What can be asked again and again. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
