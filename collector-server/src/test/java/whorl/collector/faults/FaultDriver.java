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
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

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

  /** Makes the next fault for about so long, and mends it. */
  void next(Duration about) throws IOException {
    if (waiting.isEmpty()) {
      List<FaultKind> all = new ArrayList<>(kinds);
      Collections.shuffle(all, random);
      waiting.addAll(all);
    }
    FaultKind kind = waiting.remove();
    CollectorNode one = cluster.collectors().get(random.nextInt(cluster.collectors().size()));
    long millis = about.toMillis() / 2 + (long) (random.nextDouble() * about.toMillis());
    log.accept(kind.words() + " (" + one.name() + ", " + millis + " ms)");
    tally.count("fault: " + kind.words());
    make(kind, one, millis);
  }

  private void make(FaultKind kind, CollectorNode one, long millis) throws IOException {
    List<FaultyLine> databases =
        cluster.collectors().stream().map(CollectorNode::database).toList();
    List<FaultyLine> objects = cluster.collectors().stream().map(CollectorNode::objects).toList();
    List<FaultyLine> clients = cluster.collectors().stream().map(CollectorNode::clients).toList();
    switch (kind) {
      case COLLECTOR_ENDED -> supervisor.restart(one, CollectorNode::stop);
      case COLLECTOR_SUSPENDED -> suspend(one, millis);
      case COLLECTOR_EMPTIED -> supervisor.restart(one, FaultDriver::empty);
      case CLOCK_AHEAD -> changeClock(one, 1);
      case CLOCK_BEHIND -> changeClock(one, -1);
      case POSTGRES_RESTARTED -> endPostgres("INT", millis);
      case POSTGRES_CRASHED -> endPostgres(random.nextBoolean() ? "QUIT" : "KILL", millis);
      case POSTGRES_SILENT -> during(databases, FaultyLine.Condition.SILENT, millis);
      case POSTGRES_SILENT_FOR_ONE ->
          during(List.of(one.database()), FaultyLine.Condition.SILENT, millis);
      case POSTGRES_SLOW -> during(databases, FaultyLine.Condition.slow(40, 0), millis);
      case POSTGRES_CUT -> cutAgainAndAgain(databases, millis);
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

  private void changeClock(CollectorNode one, int days) throws IOException {
    for (CollectorNode each : cluster.collectors()) {
      each.clockDays(each == one ? days : 0);
    }
    supervisor.restart(one, CollectorNode::kill);
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
