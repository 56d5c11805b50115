package whorl.collector.faults;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A server as a process of its own, which can be killed and started again with the same command.
 */
final class ServerProcess implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(20);
  private static final long LOOK_MILLIS = 50;

  private final String name;
  private final Path log;
  private volatile Process process;

  ServerProcess(String name, Path log) {
    this.name = name;
    this.log = log;
  }

  /** Starts it; its output is added to the log. */
  void start(List<String> command, Map<String, String> environment, Path folder)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    File output = log.toFile();
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    process = builder.start();
  }

  /**
   * Waits until it serves.
   *
   * @throws IOException if it ends before, or takes too long
   */
  void await(BooleanSupplier serves, Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    while (!serves.getAsBoolean()) {
      if (!isAlive() || System.nanoTime() > end) {
        throw new IOException(name + " does not serve; the end of its log:\n" + endOfLog());
      }
      pause(LOOK_MILLIS);
    }
  }

  boolean isAlive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  long pid() {
    return process.pid();
  }

  Path log() {
    return log;
  }

  /** Sends a signal, such as {@code STOP}. */
  void signal(String signal) throws IOException {
    run(List.of("kill", "-" + signal, Long.toString(pid())), Duration.ofSeconds(5));
  }

  /** SIGKILL, and waits for the end; processes that it started end too. */
  void kill() {
    Process running = process;
    if (running != null) {
      List<ProcessHandle> children = running.descendants().toList();
      running.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      awaitEnd(running);
    }
  }

  /** SIGTERM, and SIGKILL if that does not help. */
  void stop() {
    Process running = process;
    if (running != null) {
      running.destroy();
      awaitEnd(running);
    }
  }

  /** Waits for the end that a signal brings, then kills. */
  void awaitEnd() {
    awaitEnd(process);
  }

  private static void awaitEnd(Process running) {
    try {
      if (!running.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
        running.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The resident memory in MiB; 0 if it does not run. */
  long residentMiB() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
        }
      }
    } catch (IOException ended) {
      return 0;
    }
    return 0;
  }

  private String endOfLog() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  @Override
  public void close() {
    stop();
  }

  /**
   * Runs a command to its end.
   *
   * @throws IOException if its status is not 0, with its output
   */
  static String run(List<String> command, Duration limit) throws IOException {
    Path output = Files.createTempFile("whorl-faults", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end within " + limit.toSeconds() + " s");
      }
      String text = Files.readString(output);
      if (process.exitValue() != 0) {
        throw new IOException(command + " ended with " + process.exitValue() + ": " + text);
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.delete(output);
    }
  }

  /**
   * A free port below those that Linux gives to clients: none of them can take it while its server
   * is down.
   */
  static int freePort() throws IOException {
    for (int i = 0; i < 1_000; i++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        continue;
      }
    }
    throw new IOException("no port from 20000 to 31999 is free");
  }

  /** True if something accepts connections on this port of loopback. */
  static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
