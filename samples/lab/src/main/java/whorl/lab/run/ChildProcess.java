package whorl.lab.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that this one started, whose output goes to a file; ended by its own id. */
final class ChildProcess implements AutoCloseable {
  private static final long KILL_SECONDS = 10;
  private static final int TAIL_CHARS = 3_000;

  private final String name;
  private final Process process;
  private final Path output;

  private ChildProcess(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  static ChildProcess start(String name, ProcessBuilder builder, Path output) throws IOException {
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    ChildProcess child = new ChildProcess(name, builder.start(), output);
    // so that nothing is left when the lab is interrupted
    Runtime.getRuntime().addShutdownHook(new Thread(child::close));
    return child;
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Waits for the end; false when it still runs then. */
  boolean awaitEnd(long seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  int exitValue() {
    return process.exitValue();
  }

  List<String> lines() throws IOException {
    return new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList();
  }

  /** The end of what it printed. */
  String tail() throws IOException {
    String all = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    return name + " printed:\n" + all.substring(Math.max(0, all.length() - TAIL_CHARS));
  }

  /**
   * SIGKILL, to its own children as well: what it did is known by then, and its files are its own.
   */
  @Override
  public void close() {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
    try {
      process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
