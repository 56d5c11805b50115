package whorl.collector.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Several collectors behind a balancer, on real servers, or one with its folder, with agents at
 * work, while everything that can fail fails. Then faults end, and nothing that was acknowledged
 * may be missing. {@code .ci/faults} starts it.
 */
final class FaultRun {
  private static final long RESIDENT_MAX_MIB = 1_100;
  private static final int RESPONDERS = 2;

  private final FaultOptions options;
  private final Ledger ledger = new Ledger();
  private final Tally tally = new Tally();
  private final long began = System.nanoTime();

  FaultRun(FaultOptions options) {
    this.options = options;
  }

  /** Exit status: 0 if nothing was violated, 1 if something was, 2 if it cannot run here. */
  public static void main(String[] arguments) throws Exception {
    FaultOptions options;
    try {
      options = FaultOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Optional<String> missing = Cluster.missing(options.embedded());
    if (missing.isPresent() || (options.jvms() > 0 && !ShopJvm.isBuilt())) {
      System.err.println("not run: " + missing.orElse("the shop or the agent is not built"));
      System.exit(2);
    }
    FaultRun run = new FaultRun(options);
    List<String> violations = run.run();
    System.out.println(run.report());
    System.exit(violations.isEmpty() ? 0 : 1);
  }

  /** Runs it; returns what was violated. */
  List<String> run() throws Exception {
    say("seed " + options.seed() + ", in " + options.folder());
    Files.createDirectories(options.folder());
    try (Cluster cluster =
            Cluster.start(options.folder(), options.embedded(), options.collectors(), tally);
        Beats beats = new Beats()) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::kill)); // after Ctrl-C
      say("the collectors are up behind " + cluster.url());
      long think = 60_000L * options.agents() / Math.max(1, options.piecesPerMinute());
      Run run = new Run(cluster, ledger, tally, beats, think);
      Random random = new Random(options.seed());
      List<SimulatedAgent> agents = agents(run, random);
      Supervisor supervisor = new Supervisor(cluster, tally, this::say);
      supervisor.start();
      agents.forEach(SimulatedAgent::start);
      Random ofShops = new Random(random.nextLong());
      try (Shops shops = new Shops(run, cluster, options.jvms(), ofShops, options.folder())) {
        shops.start();
        say("the agents are up");
        makeFaults(cluster, supervisor, run, shops, random);
        run.calm();
        say("the faults have ended");
        Checks checks = new Checks(run, cluster, options.folder(), this::say);
        checks.awaitQuiet(agents, options.quiet());
        say("quiet; now the checks");
        checks.check(agents);
        shops.check();
        memory(cluster);
      } finally {
        run.end();
        supervisor.end();
      }
    }
    logs();
    return ledger.violations();
  }

  private List<SimulatedAgent> agents(Run run, Random random) {
    List<SimulatedAgent> agents = new ArrayList<>();
    for (int i = 0; i < options.agents(); i++) {
      agents.add(new SimulatedAgent(i, run, random.nextLong()));
    }
    return agents;
  }

  private void makeFaults(
      Cluster cluster, Supervisor supervisor, Run run, Shops shops, Random random)
      throws Exception {
    long end = System.nanoTime() + options.faults().toNanos();
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int i = 0; i < RESPONDERS; i++) {
      Random own = new Random(random.nextLong());
      threads.execute(new Responder(run, cluster, i, own, options.folder()));
    }
    threads.execute(shops);
    Random ofKills = new Random(random.nextLong());
    Random ofFaults = new Random(random.nextLong());
    FaultDriver driver =
        new FaultDriver(cluster, supervisor, tally, options.kinds(), ofFaults, this::say);
    int atOnce = options.pairs() ? 2 : 1;
    Future<?> faults =
        threads.submit(
            () -> {
              for (int i = 0; i < options.number() && System.nanoTime() < end; i++) {
                ServerProcess.pause(options.faultEvery().toMillis() / 4);
                driver.next(options.faultEvery(), atOnce);
              }
              return null;
            });
    Future<?> kills =
        threads.submit(
            () -> {
              while (!faults.isDone()) {
                ServerProcess.pause(options.killEvery().toMillis());
                supervisor.killOne(ofKills);
              }
              return null;
            });
    for (Future<?> each : List.of(faults, kills)) {
      each.get(options.faults().toSeconds() + 400, TimeUnit.SECONDS);
    }
    cluster.collectors().forEach(CollectorNode::repair);
    threads.shutdown();
  }

  private void memory(Cluster cluster) {
    for (CollectorNode each : cluster.collectors()) {
      long most = tally.of("highest resident MiB of " + each.name());
      if (most > RESIDENT_MAX_MIB) {
        ledger.violation("%s had %d MiB in memory", each.name(), most);
      }
    }
  }

  private void logs() throws IOException {
    Map<String, Integer> all = new HashMap<>();
    for (int i = 1; i <= options.collectors(); i++) {
      Path log = options.folder().resolve("collectors/collector" + i + ".log");
      Logs.alike(log).forEach((kind, count) -> all.merge(kind, count, Integer::sum));
    }
    StringBuilder text = new StringBuilder();
    all.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(
            each -> text.append(each.getValue()).append(' ').append(each.getKey()).append('\n'));
    Files.writeString(options.folder().resolve("log-kinds.txt"), text.toString());
    all.keySet().stream()
        .filter(kind -> kind.contains("OutOfMemoryError"))
        .forEach(kind -> ledger.violation("a collector ran out of memory: %s", kind));
    tally.add("kinds of ERROR and WARN lines in the collectors' logs", all.size());
  }

  Tally tally() {
    return tally;
  }

  /** The tally and what was violated, for people. */
  String report() {
    StringBuilder report = new StringBuilder("\n" + tally.table());
    report.append(String.format("%-72s %,14d%n", "bytes acknowledged", ledger.acknowledgedBytes()));
    report.append(String.format("%-72s %14d%n%n", "violations", ledger.violationCount()));
    ledger.violations().forEach(each -> report.append("VIOLATION: ").append(each).append('\n'));
    report.append("seed ").append(options.seed()).append(", logs in ").append(options.folder());
    return report.toString();
  }

  private void say(String text) {
    long millis = (System.nanoTime() - began) / 1_000_000;
    System.out.printf("%7.1f s  %s%n", millis / 1e3, text);
  }
}
