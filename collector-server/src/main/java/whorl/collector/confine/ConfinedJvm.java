package whorl.collector.confine;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs readers of hostile input in JVMs of their own, so that only that JVM loses heap, stack,
 * threads and time. Such a JVM has the collector's class path, an almost empty environment, a
 * folder that is removed afterwards, and no input channel. It is no sandbox for code: input may
 * only be read there, never executed. Thread-safe.
 */
public final class ConfinedJvm implements AutoCloseable {
  /** Longer lines of output are cut. */
  public static final int LINE_MAX_CHARS = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ConfinedJvm.class);
  private static final int ERRORS_MAX_CHARS = 4_000;

  private final Path folder;
  private final int atOnce;
  private final Duration maxWait;
  private final Semaphore slots;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param folder the parent of the runs' folders; created when first needed, emptied now, so no
   *     other instance may use it
   * @param atOnce how many JVMs may run at once
   * @param maxWait how long a run may wait for a free slot
   */
  public ConfinedJvm(Path folder, int atOnce, Duration maxWait) throws IOException {
    this.folder = folder.toAbsolutePath();
    this.atOnce = atOnce;
    this.maxWait = maxWait;
    this.slots = new Semaphore(atOnce, true);
    remove(this.folder);
  }

  /**
   * Runs a program and waits for its end.
   *
   * @param lines receives each line of standard output as it comes, on a thread of this class; the
   *     last line comes before this method returns
   * @throws IOException when no JVM can be started, or when {@code lines} throws it
   * @throws InterruptedException when the caller is interrupted; the run is killed
   */
  public Outcome run(ConfinedRun run, LineConsumer lines) throws IOException, InterruptedException {
    return run(run, lines, new FirstPart(run.timeLimit(), () -> false));
  }

  /**
   * Runs a program, and kills it after the first part of its time unless {@code first} lets it
   * continue.
   *
   * @see #run(ConfinedRun, LineConsumer)
   */
  public Outcome run(ConfinedRun run, LineConsumer lines, FirstPart first)
      throws IOException, InterruptedException {
    if (!slots.tryAcquire(maxWait.toMillis(), TimeUnit.MILLISECONDS)) {
      return new Outcome.Refused(atOnce + " are at work already; try again");
    }
    try {
      Files.createDirectories(folder);
      Path runFolder = Files.createTempDirectory(folder, "run");
      try {
        return start(run, runFolder, lines, first);
      } finally {
        removeQuietly(runFolder);
      }
    } finally {
      slots.release();
    }
  }

  /** Kills all running programs and starts no more. */
  @Override
  public void close() {
    closed = true;
    running.forEach(ConfinedJvm::kill);
  }

  private Outcome start(ConfinedRun run, Path runFolder, LineConsumer lines, FirstPart first)
      throws IOException, InterruptedException {
    Process process = JvmCommand.of(run, runFolder).start();
    running.add(process);
    try {
      if (closed) {
        return new Outcome.Refused("the collector stops");
      }
      return await(run, process, lines, first);
    } finally {
      kill(process);
      running.remove(process);
      process.getOutputStream().close();
    }
  }

  private static Outcome await(
      ConfinedRun run, Process process, LineConsumer lines, FirstPart first)
      throws IOException, InterruptedException {
    StringBuffer errorText = new StringBuffer();
    Output errors = Output.firstChars(process, errorText, ERRORS_MAX_CHARS);
    Output output = Output.lines(process, LINE_MAX_CHARS, run.outputMaxBytes(), lines);
    Duration limit = first.time();
    boolean ended = hasEnded(process, limit);
    if (!ended && first.goesOn().getAsBoolean()) {
      ended = hasEnded(process, run.timeLimit().minus(limit));
      limit = run.timeLimit();
    }
    if (!ended) {
      kill(process);
    }
    Throwable failure = output.join();
    errors.join();
    if (!ended) {
      return new Outcome.TimedOut(limit);
    }
    if (failure instanceof BoundedLines.FloodedException) {
      return new Outcome.Flooded(run.outputMaxBytes());
    }
    rethrow(failure);
    return new Outcome.Ended(process.waitFor(), errorText.toString().strip());
  }

  private static boolean hasEnded(Process process, Duration within) throws InterruptedException {
    return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Kills the process and its descendants. */
  static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void removeQuietly(Path runFolder) {
    try {
      remove(runFolder);
    } catch (IOException e) {
      LOG.warn("{} could not be removed; the next start removes it", runFolder, e);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
