package whorl.behaviour.starts;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts JVMs with the agent, many times over, and says which of them hung, ended or printed
 * otherwise than without the agent, or left a request without an answer. {@code
 * agent/behaviour/starts} is the command.
 */
public final class Starts {
  private final Options options;
  private final Jars jars;
  private final State state;
  private final Processors processors;
  private final Path work;
  private final PrintStream out;
  private final Expectations expectations = new Expectations();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
  private volatile boolean stopped;

  private Starts(
      Options options, Jars jars, State state, Processors processors, Path work, PrintStream out) {
    this.options = options;
    this.jars = jars;
    this.state = state;
    this.processors = processors;
    this.work = work;
    this.out = out;
  }

  /**
   * Ends with 0 when every start was as without the agent, with 1 when one was not, with 2 for a
   * wrong option.
   */
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(System.getProperty("whorl.root", "")).toAbsolutePath();
    try {
      System.exit(run(arguments, root, System.out) == 0 ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println("starts: " + e.getMessage());
      System.exit(2);
    }
  }

  /**
   * Runs what the arguments ask for and prints the table.
   *
   * @param root of the repository
   * @return how many starts failed
   */
  static long run(String[] arguments, Path root, PrintStream out)
      throws IOException, InterruptedException {
    Options options = Options.parse(arguments, root);
    Jars jars =
        new Jars(
            options.agent(),
            root.resolve("collector-server/target/whorl-collector.jar"),
            root.resolve("samples/shop/target/shop.jar"),
            root.resolve("agent/behaviour/target/classes"),
            options.collectors().contains(true),
            options.programs().contains(Program.SHOP));
    State state = State.open(options.state(), options.agent());
    Path work = Files.createTempDirectory("whorl-starts");
    Starts starts = new Starts(options, jars, state, Processors.ofThisProcess(), work, out);
    Thread stop = new Thread(starts::stop, "starts-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      starts.all();
    } finally {
      Runtime.getRuntime().removeShutdownHook(stop);
      delete(work);
    }
    out.print(Table.of(state.results()));
    return Table.failures(state.results());
  }

  /** When this JVM is stopped, what it started does not go on, and does not count. */
  private void stop() {
    stopped = true;
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  private void all() throws IOException, InterruptedException {
    List<Start> missing = missing();
    boolean collects = missing.stream().anyMatch(Start::collector);
    try (CollectorProcess collector =
        collects ? CollectorProcess.start(jars.collector(), work.resolve("collector")) : null) {
      long end = System.nanoTime() / 1_000_000_000L + Math.min(options.maxSeconds(), 1L << 32);
      AtomicInteger next = new AtomicInteger();
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < options.workers(); i++) {
        int turn = i;
        Thread worker =
            new Thread(() -> workUntil(end, missing, next, turn, collector), "starts-" + i);
        workers.add(worker);
        worker.start();
      }
      for (Thread worker : workers) {
        worker.join();
      }
    }
    Throwable failure = broken.get();
    if (failure != null) {
      throw new IllegalStateException("the starts could not be done", failure);
    }
  }

  private List<Start> missing() {
    List<Start> missing = new ArrayList<>();
    for (int number = 0; number < options.count(); number++) {
      for (int count : options.processors()) {
        Start start =
            Start.numbered(number, count, options.jdks(), options.collectors(), options.programs());
        if (!state.has(start)) {
          missing.add(start);
        }
      }
    }
    return missing;
  }

  private void workUntil(
      long endSeconds,
      List<Start> starts,
      AtomicInteger next,
      int turn,
      @Nullable CollectorProcess collector) {
    try {
      while (broken.get() == null && System.nanoTime() / 1_000_000_000L < endSeconds) {
        int at = next.getAndIncrement();
        if (at >= starts.size()) {
          return;
        }
        one(starts.get(at), turn, collector);
        say(starts.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) {
      broken.compareAndSet(null, e);
    }
  }

  private void one(Start start, int turn, @Nullable CollectorProcess collector)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(work.resolve(start.key().replace('/', '-')));
    Attempt attempt =
        new Attempt(
            start,
            jars,
            processors.pin(start.processors(), turn),
            start.collector() ? collector : null,
            options.limit(),
            folder,
            options.reports());
    Outcome expected = expectations.of(attempt);
    Attempt.Ended ended = attempt.withAgent();
    if (stopped) {
      return;
    }
    String failure = ended.failure();
    if (failure == null && ended.outcome() != null) {
      failure = ended.outcome().differenceFrom(expected);
      if (failure != null) {
        attempt.keep(failure);
      }
    }
    if (failure != null) {
      out.println("failed: " + String.join(", ", start.words()) + ": " + failure);
    }
    state.add(
        new Result(start.key(), Result.Group.of(start), ended.millis(), ended.answers(), failure));
    delete(folder);
  }

  private void say(int all) {
    int now = done.incrementAndGet();
    if (now % 100 == 0) {
      out.println(now + " of " + all + " starts");
    }
  }

  /** A JVM that was killed may have left what another still deletes. */
  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
