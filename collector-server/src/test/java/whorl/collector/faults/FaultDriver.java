package whorl.collector.faults;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes the faults in an order that the seed decides, each kind once before any twice. */
final class FaultDriver {
  private static final int PAUSE_BETWEEN_CUTS = 700;
  private static final long LAST_WRITES_MILLIS = 1_000;

  private final Cluster cluster;
  private final Supervisor supervisor;
  private final Tally tally;
  private final Random random;
  private final Consumer<String> log;
  private final List<FaultKind> kinds;
  private final Deque<FaultKind> waiting = new ArrayDeque<>();

  FaultDriver(
      Cluster cluster,
      Supervisor supervisor,
      Tally tally,
      List<FaultKind> kinds,
      Random random,
      Consumer<String> log) {
    this.kinds = kinds;
    this.cluster = cluster;
    this.supervisor = supervisor;
    this.tally = tally;
    this.random = random;
    this.log = log;
  }

  /**
   * Makes the next faults for about so long, and mends them.
   *
   * @param atOnce how many at the same time, each of another part
   */
  void next(Duration about, int atOnce) throws IOException, InterruptedException {
    List<FaultKind> chosen = choose(atOnce);
    if (chosen.size() > 1) {
      tally.count("faults at the same time as another");
    }
    List<IOException> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> others = new ArrayList<>();
    for (FaultKind kind : chosen.subList(1, chosen.size())) {
      Runnable fault = prepare(kind, about, failures);
      Thread thread = new Thread(fault, "fault");
      thread.start();
      others.add(thread);
    }
    prepare(chosen.get(0), about, failures).run();
    for (Thread thread : others) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  /** The next kinds; what happens to a part that is already among them keeps waiting. */
  private List<FaultKind> choose(int atOnce) {
    if (waiting.isEmpty()) {
      List<FaultKind> all = new ArrayList<>(kinds);
      Collections.shuffle(all, random);
      waiting.addAll(all);
    }
    List<FaultKind> chosen = new ArrayList<>();
    Set<FaultKind.Part> parts = EnumSet.noneOf(FaultKind.Part.class);
    for (Iterator<FaultKind> each = waiting.iterator();
        each.hasNext() && chosen.size() < atOnce; ) {
      FaultKind kind = each.next();
      if (parts.add(kind.part())) {
        chosen.add(kind);
        each.remove();
      }
    }
    return chosen;
  }

  private Runnable prepare(FaultKind kind, Duration about, List<IOException> failures) {
    CollectorNode one = cluster.collectors().get(random.nextInt(cluster.collectors().size()));
    long millis = about.toMillis() / 2 + (long) (random.nextDouble() * about.toMillis());
    log.accept(kind.words() + " (" + one.name() + ", " + millis + " ms)");
    tally.count("fault: " + kind.words());
    return () -> {
      try {
        make(kind, one, millis);
      } catch (IOException e) {
        failures.add(e);
      }
    };
  }

  private void make(FaultKind kind, CollectorNode one, long millis) throws IOException {
    List<FaultyLine> databases =
        kind.part() == FaultKind.Part.POSTGRES ? lines(CollectorNode::database) : List.of();
    List<FaultyLine> objects =
        kind.part() == FaultKind.Part.S3 ? lines(CollectorNode::objects) : List.of();
    List<FaultyLine> clients = lines(CollectorNode::clients);
    switch (kind) {
      case COLLECTOR_ENDED -> supervisor.restart(one, CollectorNode::stop);
      case COLLECTOR_SUSPENDED -> suspend(one, millis);
      case COLLECTOR_EMPTIED -> supervisor.restart(one, FaultDriver::empty);
      case COLLECTOR_FULL -> whileFull(one.disk(), millis);
      case CLOCK_AHEAD -> changeClock(one, 1, millis);
      case CLOCK_BEHIND -> changeClock(one, -1, millis);
      case POSTGRES_RESTARTED -> endPostgres("INT", millis);
      case POSTGRES_CRASHED -> endPostgres(random.nextBoolean() ? "QUIT" : "KILL", millis);
      case POSTGRES_SILENT -> during(databases, FaultyLine.Condition.SILENT, millis);
      case POSTGRES_SILENT_FOR_ONE ->
          during(List.of(one.database()), FaultyLine.Condition.SILENT, millis);
      case POSTGRES_SLOW -> during(databases, FaultyLine.Condition.slow(40, 0), millis);
      case POSTGRES_CUT -> cutAgainAndAgain(databases, millis);
      case POSTGRES_FULL -> fillPostgres(millis);
      case S3_RESTARTED -> endS3(objects, S3Proxy::stop, millis);
      case S3_KILLED -> endS3(objects, S3Proxy::kill, millis);
      case S3_SILENT -> during(objects, FaultyLine.Condition.SILENT, millis);
      case S3_SILENT_FOR_ONE -> during(List.of(one.objects()), FaultyLine.Condition.SILENT, millis);
      case S3_SLOW -> during(objects, FaultyLine.Condition.slow(150, 1 << 20), millis);
      case S3_500 -> during(objects, FaultyLine.Condition.answering(500), millis);
      case S3_503 -> during(objects, FaultyLine.Condition.answering(503), millis);
      case S3_RESET -> resetAgainAndAgain(objects, millis);
      case CLIENTS_RESET -> resetAgainAndAgain(clients, millis);
      case CLIENTS_SILENT -> during(List.of(one.clients()), FaultyLine.Condition.SILENT, millis);
      case CLIENTS_SLOW ->
          during(List.of(one.clients()), FaultyLine.Condition.slow(100, 512 << 10), millis);
      case BALANCER_RESTARTED -> cluster.balancer().restart();
    }
  }

  private static void during(List<FaultyLine> lines, FaultyLine.Condition condition, long millis) {
    lines.forEach(each -> each.set(condition));
    ServerProcess.pause(millis);
    lines.forEach(each -> each.set(FaultyLine.Condition.SOUND));
  }

  private static void cutAgainAndAgain(List<FaultyLine> lines, long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    do {
      during(lines, FaultyLine.Condition.CUT, 50);
      ServerProcess.pause(PAUSE_BETWEEN_CUTS);
    } while (System.nanoTime() < end);
  }

  private void resetAgainAndAgain(List<FaultyLine> lines, long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    do {
      lines.forEach(each -> each.resetAfter(1_000 + random.nextInt(300_000)));
      ServerProcess.pause(PAUSE_BETWEEN_CUTS);
    } while (System.nanoTime() < end);
    lines.forEach(each -> each.resetAfter(Long.MAX_VALUE));
  }

  private void suspend(CollectorNode one, long millis) throws IOException {
    if (supervisor.isUp(one)) {
      one.suspend();
      ServerProcess.pause(millis);
      one.resume();
    }
  }

  /** Its next start, by a kill at the latest, is with the right clock again. */
  private void changeClock(CollectorNode one, int days, long millis) throws IOException {
    one.clockDays(days);
    supervisor.restart(one, CollectorNode::kill);
    ServerProcess.pause(millis);
    one.clockDays(0);
  }

  private static void whileFull(OwnDisk disk, long millis) throws IOException {
    disk.fill();
    ServerProcess.pause(millis);
    disk.free();
  }

  /** It ends by itself when it cannot even recover. */
  private void fillPostgres(long millis) throws IOException {
    whileFull(cluster.postgres().disk(), millis);
    if (!cluster.postgres().isAlive()) {
      tally.count("PostgreSQL ended by itself");
      cluster.postgres().start();
    }
  }

  private List<FaultyLine> lines(Function<CollectorNode, FaultyLine> line) {
    return cluster.collectors().stream().map(line).toList();
  }

  private void endPostgres(String signal, long millis) throws IOException {
    cluster.postgres().end(signal);
    ServerProcess.pause(millis / 2);
    cluster.postgres().start();
  }

  /**
   * Its lines are cut first: S3Proxy over a folder answers 500 to all lists once a write was torn,
   * which an object store does not.
   */
  private void endS3(List<FaultyLine> objects, Consumer<S3Proxy> end, long millis)
      throws IOException {
    objects.forEach(each -> each.set(FaultyLine.Condition.CUT));
    ServerProcess.pause(LAST_WRITES_MILLIS);
    end.accept(cluster.s3());
    ServerProcess.pause(millis / 2);
    cluster.s3().start();
    objects.forEach(each -> each.set(FaultyLine.Condition.SOUND));
  }

  private static void empty(CollectorNode collector) {
    collector.kill();
    try {
      delete(collector.folder());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
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
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (!directory.equals(folder)) {
              Files.delete(directory);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
