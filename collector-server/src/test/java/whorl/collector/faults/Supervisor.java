package whorl.collector.faults;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Starts collectors that are not there, as a platform does, and kills one now and then. */
final class Supervisor {
  private static final long LOOK_MILLIS = 500;
  private static final long STACK = 256 << 10;

  private final Cluster cluster;
  private final Tally tally;
  private final Consumer<String> log;
  private final Thread thread;
  private volatile boolean ended;

  Supervisor(Cluster cluster, Tally tally, Consumer<String> log) {
    this.cluster = cluster;
    this.tally = tally;
    this.log = log;
    this.thread = new Thread(null, this::watch, "supervisor", STACK);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends a collector and starts it at once. */
  void restart(CollectorNode collector, Consumer<CollectorNode> end) throws IOException {
    synchronized (collector) {
      end.accept(collector);
      collector.start();
    }
  }

  /**
   * SIGKILL for one that is ready, whatever it does. Of several, mostly only if another is ready
   * too, because without any collector there is nothing that could be lost.
   */
  void killOne(Random random) throws IOException {
    List<CollectorNode> serving =
        cluster.collectors().stream().filter(CollectorNode::isReady).toList();
    boolean otherReady = serving.size() > 1 || cluster.collectors().size() == 1;
    if (serving.isEmpty() || (!otherReady && random.nextInt(8) > 0)) {
      tally.count("kills left out, because no other collector was ready");
      return;
    }
    CollectorNode one = serving.get(random.nextInt(serving.size()));
    tally.count("fault: a collector killed");
    log.accept("a collector killed (" + one.name() + ")");
    restart(one, CollectorNode::kill);
  }

  boolean isUp(CollectorNode collector) {
    synchronized (collector) {
      return collector.isAlive();
    }
  }

  private void watch() {
    while (!ended) {
      for (CollectorNode each : cluster.collectors()) {
        tally.highest("highest resident MiB of " + each.name(), each.residentMiB());
        synchronized (each) {
          if (!ended && !each.isAlive()) {
            startAgain(each);
          }
        }
      }
      ServerProcess.pause(LOOK_MILLIS);
    }
  }

  private void startAgain(CollectorNode collector) {
    tally.count("collectors that ended by themselves");
    log.accept(collector.name() + " ended by itself; it is started again");
    try {
      collector.start();
    } catch (IOException e) {
      log.accept(collector.name() + " cannot be started: " + e);
    }
  }

  void end() throws InterruptedException {
    ended = true;
    thread.join();
  }
}
