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
 * Runs what reads hostile input in JVMs of their own: whatever it makes of heap, stack, threads and
 * time is its own alone. Such a JVM has the collector's class path, an empty environment, a folder
 * that is removed afterwards, and no way to be talked to. It is no sandbox against code: input must
 * never be run there, only read. Thread-safe.
 */
public final class ConfinedJvm implements AutoCloseable {
  /** A longer line of output is cut here. */
  public static final int LINE_MAX_CHARS = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ConfinedJvm.class);
  private static final int COMPLAINT_MAX_CHARS = 4_000;

  private final Path folder;
  private final int atOnce;
  private final Duration patience;
  private final Semaphore places;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param folder for the runs' own folders; made when first needed, emptied now: no other instance
   *     may use it
   * @param atOnce how many may run
   * @param patience how long one may wait for its turn
   */
  public ConfinedJvm(Path folder, int atOnce, Duration patience) throws IOException {
    this.folder = folder.toAbsolutePath();
    this.atOnce = atOnce;
    this.patience = patience;
    this.places = new Semaphore(atOnce, true);
    remove(this.folder);
  }

  /**
   * Runs it and waits for its end.
   *
   * @param lines told every line of standard output as it comes, by a thread of ours, the last one
   *     before this returns
   * @throws IOException when no JVM can be started, or that {@code lines} threw
   * @throws InterruptedException when the caller is interrupted; the run is killed
   */
  public Outcome run(ConfinedRun what, LineConsumer lines)
      throws IOException, InterruptedException {
    return run(what, lines, new FirstPart(what.timeLimit(), () -> false));
  }

  /**
   * The same, for the first part of its time only where nobody agrees to more.
   *
   * @see #run(ConfinedRun, LineConsumer)
   */
  public Outcome run(ConfinedRun what, LineConsumer lines, FirstPart first)
      throws IOException, InterruptedException {
    if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return new Outcome.Refused(atOnce + " are at work already; try again");
    }
    try {
      Files.createDirectories(folder);
      Path own = Files.createTempDirectory(folder, "run");
      try {
        return started(what, own, lines, first);
      } finally {
        removeQuietly(own);
      }
    } finally {
      places.release();
    }
  }

  /** Kills what runs, and starts nothing more. */
  @Override
  public void close() {
    closed = true;
    running.forEach(ConfinedJvm::kill);
  }

  private Outcome started(ConfinedRun what, Path own, LineConsumer lines, FirstPart first)
      throws IOException, InterruptedException {
    Process process = JvmCommand.of(what, own).start();
    running.add(process);
    try {
      if (closed) {
        return new Outcome.Refused("the collector stops");
      }
      return awaited(what, process, lines, first);
    } finally {
      kill(process);
      running.remove(process);
      process.getOutputStream().close();
    }
  }

  private static Outcome awaited(
      ConfinedRun what, Process process, LineConsumer lines, FirstPart first)
      throws IOException, InterruptedException {
    StringBuffer complaint = new StringBuffer();
    Output errors = Output.beginning(process, complaint, COMPLAINT_MAX_CHARS);
    Output output = Output.lines(process, LINE_MAX_CHARS, what.outputMaxBytes(), lines);
    Duration given = first.time();
    boolean ended = ended(process, given);
    if (!ended && first.goesOn().getAsBoolean()) {
      ended = ended(process, what.timeLimit().minus(given));
      given = what.timeLimit();
    }
    if (!ended) {
      kill(process);
    }
    Throwable refusal = output.join();
    errors.join();
    if (!ended) {
      return new Outcome.TimedOut(given);
    }
    if (refusal instanceof BoundedLines.FloodedException) {
      return new Outcome.Flooded(what.outputMaxBytes());
    }
    rethrow(refusal);
    return new Outcome.Ended(process.waitFor(), complaint.toString().strip());
  }

  private static boolean ended(Process process, Duration within) throws InterruptedException {
    return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void rethrow(@Nullable Throwable refusal) throws IOException {
    if (refusal instanceof IOException e) {
      throw e;
    }
    if (refusal instanceof RuntimeException e) {
      throw e;
    }
    if (refusal instanceof Error e) {
      throw e;
    }
  }

  /** With all that it may have started. */
  static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void removeQuietly(Path own) {
    try {
      remove(own);
    } catch (IOException e) {
      LOG.warn("{} could not be removed; it goes with the next start", own, e);
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
          public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
