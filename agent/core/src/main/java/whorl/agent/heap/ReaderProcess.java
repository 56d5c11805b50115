package whorl.agent.heap;

import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Digest;

/** The parent's handle of a {@link HeapReader}. Not thread-safe. */
final class ReaderProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReaderProcess.class);
  private static final int LINES_MAX = 64;
  private static final String ENDED = "ended";

  private final Process process;
  private final DataOutputStream commands;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);

  private ReaderProcess(Process process, OutputStream commands) {
    this.process = process;
    this.commands = new DataOutputStream(commands);
  }

  /**
   * The reader's report once the collector has everything.
   *
   * @param dumpBytes the bytes that HotSpot wrote
   * @param millis from the first byte until the collector had the last
   * @param stacksDropped stacks of virtual threads that were left out for lack of memory
   */
  record Done(long size, Digest sha256, long dumpBytes, long millis, long stacksDropped) {}

  /**
   * Starts the reader. It has a small heap and no settings of the application, and it is the first
   * process that the kernel kills if memory runs out.
   *
   * @param jar the agent's
   * @throws IOException if there is no such program or no memory for it
   */
  static ReaderProcess start(Path java, Path jar, ReaderOrder order, ThreadFactory threads)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(java, jar, order));
    Map<String, String> environment = builder.environment();
    // The application's variables hold its secrets, and its JAVA_TOOL_OPTIONS this agent.
    environment.keySet().removeIf(name -> !name.equals("LD_LIBRARY_PATH"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    ReaderProcess reader = new ReaderProcess(process, process.getOutputStream());
    try {
      sacrificeFirst(process.pid());
      threads.newThread(reader::listen).start();
      order.writeTo(reader.commands);
      return reader;
    } catch (IOException | RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  private static List<String> command(Path java, Path jar, ReaderOrder order) {
    return List.of(
        java.toString(),
        "-Xms8m",
        "-Xmx" + ReaderNeeds.heapBytes(order.classesMaxBytes(), order.chunkMaxBytes()),
        "-Xss256k",
        "-XX:+UseSerialGC",
        "-XX:MaxMetaspaceSize=32m",
        "-XX:ReservedCodeCacheSize=16m",
        "-XX:CICompilerCount=2",
        "-XX:-UsePerfData",
        "-XX:+DisableAttachMechanism",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-CreateCoredumpOnCrash",
        "-XX:ErrorFile=/dev/null",
        "-Xshare:auto",
        "-Dwhorl.helper=true",
        "-cp",
        jar.toString(),
        "whorl.boot.Main",
        "--read-heap");
  }

  private static void sacrificeFirst(long pid) {
    try {
      Files.writeString(Path.of("/proc/" + pid + "/oom_score_adj"), "1000");
    } catch (IOException e) {
      log.debug("the reader's oom_score_adj cannot be raised", e);
    }
  }

  long pid() {
    return process.pid();
  }

  /**
   * Waits until the reader has its connection.
   *
   * @return the bytes a second that the collector accepts
   * @throws IOException with the reason, if the reader fails before
   */
  long awaitReady(Duration limit) throws IOException, InterruptedException {
    String[] words = await("ready", limit).split(" ");
    return Long.parseLong(words[1]);
  }

  /** Reports the start of the dump. */
  void go() throws IOException {
    commands.write(ReaderOrder.GO);
    commands.flush();
  }

  /**
   * Waits until the collector has the whole dump.
   *
   * @throws IOException with the reason, if that failed
   */
  Done awaitDone(Duration limit) throws IOException, InterruptedException {
    String[] words = await("done", limit).split(" ");
    return new Done(
        Long.parseLong(words[1]),
        new Digest(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]),
        Long.parseLong(words[5]));
  }

  private String await(String word, Duration limit) throws IOException, InterruptedException {
    String line = lines.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (line == null) {
      throw new IOException("the reader did not answer within " + limit.toMillis() + " ms");
    }
    if (line.startsWith(word + " ")) {
      return line;
    }
    if (line.startsWith("failed ")) {
      throw new IOException(line.substring("failed ".length()));
    }
    if (line.equals(ENDED)) {
      throw new IOException("the reader ended" + status());
    }
    throw new IOException("the reader said: " + line);
  }

  private String status() throws InterruptedException {
    return process.waitFor(1, TimeUnit.SECONDS) ? " with status " + process.exitValue() : "";
  }

  /** Reads the lines with the mark; all other output of the JVM is ignored. */
  private void listen() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(HeapReader.MARK)) {
          boolean kept = lines.offer(line.substring(HeapReader.MARK.length()));
          log.debug("the reader wrote {}{}", line, kept ? "" : ", one line too many");
        } else {
          log.debug("the reader's JVM wrote {}", line);
        }
      }
    } catch (IOException e) {
      log.debug("the reader's output cannot be read any more", e);
    }
    if (!lines.offer(ENDED)) {
      log.debug("the reader wrote too many lines");
    }
  }

  /** Ends the process, if it has not ended by itself. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      commands.close();
    } catch (IOException e) {
      log.debug("the reader's input does not close", e);
    }
  }
}
