import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Has several collectors on one PostgreSQL hold many channels, kills one, and prints a table of the
 * costs. It ends at its time limit with what it has until then.
 */
public final class Several implements AutoCloseable {
  private static final int WARM_UP_MAX = 600;
  private static final int WARM_UP_SECONDS = 90;
  private static final int CONNECT_SECONDS = 270;
  private static final int DISPATCH_SECONDS = 30;
  private static final int STORM_SECONDS = 120;
  private static final int DISPATCHES = 5;
  private static final int LISTS = 11;
  private static final String RULE = "measured-rule";
  private static final int RAISING = 200;
  private static final int CUT = 3;

  private final Table table = new Table();
  private final Cluster cluster;
  private final Postgres postgres;
  private final Balancers balancers = new Balancers();
  private final int channels;
  private final int asked;
  private List<Integer> entries = List.of();

  private Several(Cluster cluster, Postgres postgres, int channels, int asked) {
    this.cluster = cluster;
    this.postgres = postgres;
    this.channels = channels;
    this.asked = asked;
  }

  /**
   * Arguments: work folder, jar, JDK, JDBC URL, collectors, channels, asked at once, idle seconds,
   * minutes, yes or no for the balancer.
   */
  public static void main(String[] arguments) throws Exception {
    Path work = Path.of(arguments[0]);
    Collector collector =
        new Collector(Path.of(arguments[2]), Path.of(arguments[1]), work.resolve("tls-files"));
    long postmaster =
        Long.parseLong(Files.readAllLines(work.resolve("postgres/postmaster.pid")).get(0).trim());
    try (Postgres postgres = new Postgres(arguments[3], postmaster);
        Several several =
            new Several(
                new Cluster(collector),
                postgres,
                Integer.parseInt(arguments[5]),
                Integer.parseInt(arguments[6]))) {
      several.endAfter(Integer.parseInt(arguments[8]));
      // also after an interrupt, no collector stays
      Runtime.getRuntime().addShutdownHook(new Thread(several::closeServers));
      several.cluster.start(work, arguments[3], Integer.parseInt(arguments[4]));
      several.entries = several.cluster.ports();
      if (arguments[9].equals("yes")) {
        several.balancers.start(work, several.cluster.ports(), several.channels);
        several.entries = several.balancers.ports();
      }
      several.run(Integer.parseInt(arguments[7]));
    }
    System.exit(0);
  }

  /** Ends this JVM, and the collectors, however far it has come. */
  private void endAfter(int minutes) {
    Thread end =
        new Thread(
            () -> {
              try {
                TimeUnit.MINUTES.sleep(minutes);
              } catch (InterruptedException e) {
                return;
              }
              System.err.println("  after " + minutes + " minutes the rest is not measured");
              table.print();
              closeServers();
              Runtime.getRuntime().halt(CUT);
            });
    end.setDaemon(true);
    end.start();
  }

  private void run(int idleSeconds) throws Exception {
    try (Agents few = new Agents(entries, null, Collector.AGENT)) {
      int warmUp = Math.min(WARM_UP_MAX, channels);
      few.connect(postgres.enrol(few.create(warmUp, warmUp)), WARM_UP_SECONDS);
    }
    cluster.awaitNoChannels();
    TimeUnit.SECONDS.sleep(5);
    double[] before = cluster.memory();
    try (Agents agents = new Agents(entries, null, Collector.AGENT)) {
      int held = connect(agents);
      idle(idleSeconds, held);
      double[] after = cluster.memory();
      table.add("heap a channel", (after[0] - before[0]) / 1024 / held, "KiB");
      table.add("beside it, a channel", (after[1] - before[1]) / 1024 / held, "KiB");
      table.add("channels until then", agents.ends());
      dispatch(agents, Math.min(DISPATCHES, held / asked));
      lists();
      alerts(agents, "before");
      storm(agents, held);
      alerts(agents, "after");
    }
    table.print();
  }

  private int connect(Agents agents) throws Exception {
    List<Agent> known = postgres.enrol(agents.create(channels, asked));
    long began = System.nanoTime();
    Costs costs = new Costs();
    int held = agents.connect(known, CONNECT_SECONDS);
    double seconds = seconds(began);
    table.add("agents that connected", held + " of " + channels + " in " + Table.text(seconds) + " s");
    table.add("agents a second", held / seconds, "");
    costs.add("connect", held, "an agent");
    if (held < channels) {
      table.add("cut", "the rest was not welcome within " + CONNECT_SECONDS + " s");
    }
    return held;
  }

  private void idle(int seconds, int held) throws Exception {
    TimeUnit.SECONDS.sleep(Math.min(20, seconds));
    postgres.printTop();
    Costs costs = new Costs();
    long began = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    table.add("at rest, heartbeats a second", held / 10.0, "");
    costs.add("at rest", seconds(began), "a second");
    postgres.printTop();
  }

  private void dispatch(Agents agents, int groups) throws Exception {
    double[] millis = new double[groups];
    long statements = postgres.statements();
    for (int group = 0; group < groups; group++) {
      agents.expect(asked);
      long began = System.nanoTime();
      CompletableFuture<HttpResponse<String>> answer =
          cluster.capture(cluster.ports().get(0), group);
      agents.awaitAsked(DISPATCH_SECONDS);
      millis[group] = 1000 * seconds(began);
      HttpResponse<String> captures = answer.get(DISPATCH_SECONDS, TimeUnit.SECONDS);
      if (captures.statusCode() != 202) {
        throw new IOException("answered " + captures.statusCode() + ": " + captures.body());
      }
      TimeUnit.SECONDS.sleep(5); // the answers of these agents are stored meanwhile
    }
    Arrays.sort(millis);
    if (groups > 0) {
      table.add(
          "dispatch to the last of " + asked + " agents",
          Table.text(millis[groups / 2])
              + " ms in the median of "
              + groups
              + ", "
              + Table.text(millis[0])
              + " to "
              + Table.text(millis[groups - 1]));
      table.add(
          "statements of a dispatch and its answers, an agent",
          (double) (postgres.statements() - statements) / groups / asked,
          "");
    }
  }

  private void lists() throws Exception {
    for (String path :
        List.of(
            "/api/v1/agents?limit=200",
            "/api/v1/agents?limit=200&connected=true",
            "/api/v1/agents?limit=200&service=shop-7",
            "/api/v1/agents/services")) {
      double[] millis = new double[LISTS];
      int status = 0;
      for (int i = 0; i < LISTS; i++) {
        List<Integer> ports = cluster.ports();
        long began = System.nanoTime();
        status = cluster.get(ports.get(i % ports.size()), path).statusCode();
        millis[i] = 1000 * seconds(began);
      }
      Arrays.sort(millis);
      table.add("`GET " + path + "` (" + status + ")", millis[LISTS / 2], "ms");
    }
  }

  /** Storm control of all collectors together: the agents of one service see the same. */
  private void alerts(Agents agents, String when) throws Exception {
    long began = System.nanoTime();
    int raised = agents.raise(RULE, 7, RAISING);
    while (agents.verdicts() < raised && seconds(began) < DISPATCH_SECONDS) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    table.add(
        raised + " agents of one service raise the same alert " + when + " the kill",
        agents.granted()
            + " full captures granted, "
            + agents.verdicts()
            + " verdicts in "
            + Table.text(seconds(began))
            + " s");
  }

  /** One collector is killed; its agents connect to the others. */
  private void storm(Agents agents, int held) throws Exception {
    List<Integer> left = cluster.ports().subList(0, cluster.ports().size() - 1);
    TimeUnit.SECONDS.sleep(5);
    postgres.printTop();
    long connected = Math.round(cluster.sum(left, "whorl_agents_connected"));
    int moving = (int) (held - connected);
    agents.reconnectTo(balancers.ports().isEmpty() ? left : entries);
    long began = System.nanoTime();
    cluster.killLast();
    Costs costs = new Costs();
    double slowest = 0;
    while (agents.returns().size() < moving && seconds(began) < STORM_SECONDS) {
      long asking = System.nanoTime();
      cluster.get(left.get(0), "/api/v1/agents?limit=50");
      slowest = Math.max(slowest, 1000 * seconds(asking));
      TimeUnit.MILLISECONDS.sleep(100);
    }
    List<Agents.Return> returns = agents.returns();
    costs.add("reconnecting", Math.max(1, returns.size()), "an agent");
    returns(returns, moving);
    table.add("meanwhile, the slowest list of 50 agents", slowest, "ms");
    table.add("meanwhile, lost channels by reason", agents.ends());
    for (String metric :
        List.of("whorl_agent_connections_abandoned_total", "whorl_agent_connections_silent_total")) {
      table.add("`" + metric + "`", cluster.sum(left, metric), "");
    }
    postgres.printTop();
    TimeUnit.SECONDS.sleep(40);
    table.add("40 s later: welcome agents", agents.welcomeAgents(), "");
    table.add("agents lost, in the records", postgres.rows("lost_agents"), "");
    table.add("connections, in the records", postgres.rows("connections"), "");
  }

  private void returns(List<Agents.Return> returns, int moving) {
    double[] seconds = returns.stream().mapToDouble(Agents.Return::seconds).sorted().toArray();
    table.add("killed: agents that were back", returns.size() + " of " + moving);
    if (seconds.length > 0) {
      table.add("half of them after", seconds[seconds.length / 2], "s");
      table.add("nine in ten after", seconds[seconds.length * 9 / 10], "s");
      table.add("the last after", seconds[seconds.length - 1], "s");
      long first = returns.stream().filter(each -> each.attempt() == 1).count();
      table.add("at their first try", 100.0 * first / returns.size(), "%");
    }
  }

  private static double seconds(long beganNanos) {
    return (System.nanoTime() - beganNanos) / 1e9;
  }

  /** What is used from now on. */
  private final class Costs {
    private final double collectors = cluster.cpuSeconds();
    private final double database = postgres.cpuSeconds();
    private final double balancing = balancers.cpuSeconds();
    private final double own = own();
    private final long statements = postgres.statements();

    Costs() throws Exception {}

    private static double own() throws IOException {
      return ServerProcess.cpuSeconds(ProcessHandle.current().pid(), false);
    }

    void add(String what, double by, String unit) throws Exception {
      table.add(what + ", statements " + unit, (postgres.statements() - statements) / by, "");
      table.add(
          what + ", processor time " + unit,
          "collectors "
              + Table.text(1000 * (cluster.cpuSeconds() - collectors) / by)
              + " ms, PostgreSQL "
              + Table.text(1000 * (postgres.cpuSeconds() - database) / by)
              + ", balancers "
              + Table.text(1000 * (balancers.cpuSeconds() - balancing) / by)
              + ", the agents' JVM "
              + Table.text(1000 * (own() - own) / by));
    }
  }

  private void closeServers() {
    cluster.close();
    balancers.close();
  }

  @Override
  public void close() {
    closeServers();
  }
}
