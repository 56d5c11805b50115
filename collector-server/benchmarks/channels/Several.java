import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Has several collectors on one PostgreSQL hold many channels, kills one, and prints the costs. */
public final class Several implements AutoCloseable {
  private static final int WARM_UP_MAX = 600;
  private static final int DISPATCHES = 5;
  private static final int LISTS = 11;
  private static final String[] FIXED_HEAP = {"-Xms384m", "-Xmx384m", "-XX:+AlwaysPreTouch"};

  private final Path work;
  private final Collector collector;
  private final String records;
  private final Connection database;

  /** To another database of the server, because Whorl wants its own for itself. */
  private final Connection statistics;

  private final int asked;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();

  private Several(Path work, Collector collector, String records, int asked) throws SQLException {
    this.work = work;
    this.collector = collector;
    this.records = records;
    this.asked = asked;
    this.database = DriverManager.getConnection(records);
    this.statistics = DriverManager.getConnection(records.replace("/whorl?", "/postgres?"));
  }

  /**
   * Arguments: work folder, jar, JDK, JDBC URL, collectors, channels, asked at once, idle seconds.
   */
  public static void main(String[] arguments) throws Exception {
    Path work = Path.of(arguments[0]);
    Collector collector =
        new Collector(Path.of(arguments[2]), Path.of(arguments[1]), work.resolve("tls-files"));
    int collectors = Integer.parseInt(arguments[4]);
    try (Several several =
        new Several(work, collector, arguments[3], Integer.parseInt(arguments[6]))) {
      several.start(collectors);
      several.run(Integer.parseInt(arguments[5]), Integer.parseInt(arguments[7]));
    }
  }

  private void start(int collectors) throws Exception {
    Path key = work.resolve("log.key");
    List<String> makeKey = collector.java();
    makeKey.addAll(List.of("custody-key", key.toString()));
    if (new ProcessBuilder(makeKey).inheritIO().start().waitFor() != 0) {
      throw new IOException("no key for the custody log");
    }
    for (int i = 0; i < collectors; i++) {
      int port = Collector.freePort();
      Path folder = Files.createDirectories(work.resolve("collector-" + i));
      List<String> command = collector.command(folder, port, false, FIXED_HEAP);
      command.addAll(
          List.of(
              "--records",
              records,
              "--objects",
              work.resolve("objects").toString(),
              "--custody-key",
              key.toString()));
      ServerProcess server = ServerProcess.start(folder.resolve("log"), command);
      servers.add(server);
      ports.add(port);
      server.await(() -> isReady(port));
    }
  }

  private void run(int channels, int idleSeconds) throws Exception {
    try (Agents few = new Agents(ports, null, Collector.AGENT)) {
      int warmUp = Math.min(WARM_UP_MAX, channels);
      few.connect(enrolled(few.create(warmUp, warmUp)));
    }
    for (int i = 0; i < ports.size(); i++) {
      int port = ports.get(i);
      servers.get(i).await(() -> metric(port, "whorl_channels_open") == 0);
    }
    TimeUnit.SECONDS.sleep(5);
    double[] before = memory();
    try (Agents agents = new Agents(ports, null, Collector.AGENT)) {
      List<Agent> known = enrolled(agents.create(channels, asked));
      long began = System.nanoTime();
      double cpu = cpu();
      long statements = statements();
      agents.connect(known);
      print("connect all, s", seconds(began));
      print("connect, CPU ms an agent", (cpu() - cpu) * 1000 / channels);
      print("connect, statements an agent", (double) (statements() - statements) / channels);
      idle(idleSeconds);
      agents.check();
      double[] after = memory();
      print("heap, KiB a channel", (after[0] - before[0]) / 1024 / channels);
      print("beside it, KiB a channel", (after[1] - before[1]) / 1024 / channels);
      for (int group = 0; group < DISPATCHES; group++) {
        dispatch(agents, group);
      }
      lists();
      storm(agents, channels);
    }
  }

  /** Agents that have enrolled before: each enrolment is an entry in custody, one after the other. */
  private List<Agent> enrolled(List<Agent> agents) throws SQLException {
    try (PreparedStatement row =
        database.prepareStatement(
            "INSERT INTO first_keys (agent, key_id, sequence, at_millis) VALUES (?, ?, 0, 0)")) {
      for (Agent agent : agents) {
        row.setString(1, agent.id());
        row.setString(2, agent.keyId());
        row.addBatch();
      }
      int[] unused = row.executeBatch();
    }
    return agents;
  }

  private void idle(int seconds) throws Exception {
    TimeUnit.SECONDS.sleep(Math.min(20, seconds));
    double cpu = cpu();
    long statements = statements();
    TimeUnit.SECONDS.sleep(seconds);
    print("idle, CPU ms a second, all collectors", (cpu() - cpu) * 1000 / seconds);
    print("idle, statements a second", (double) (statements() - statements) / seconds);
    top();
  }

  private void dispatch(Agents agents, int group) throws Exception {
    agents.expect(asked);
    String body =
        "{\"target\":{\"labels\":{\"group\":\"group-" + group + "\"}},\"reason\":\"measured\"}";
    long statements = statements();
    long began = System.nanoTime();
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            request(ports.get(0), "/api/v1/captures")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    agents.awaitAsked();
    print("dispatch to the last of " + asked + ", ms", 1000 * seconds(began));
    if (answer.get().statusCode() != 202) {
      throw new IOException("answered " + answer.get().statusCode() + ": " + answer.get().body());
    }
    TimeUnit.SECONDS.sleep(5);
    print("its statements, and those for the answers", statements() - statements);
  }

  private void lists() throws Exception {
    for (String path :
        List.of(
            "/api/v1/agents?limit=200",
            "/api/v1/agents?limit=200&connected=true",
            "/api/v1/agents?limit=200&service=shop-7",
            "/api/v1/agents/services",
            "/api/v1/evidence?limit=50")) {
      double[] millis = new double[LISTS];
      int status = 0;
      for (int i = 0; i < LISTS; i++) {
        long began = System.nanoTime();
        status = get(ports.get(i % ports.size()), path).statusCode();
        millis[i] = 1000 * seconds(began);
      }
      Arrays.sort(millis);
      print("GET " + path + " (" + status + "), ms", millis[LISTS / 2]);
    }
  }

  /** One collector is killed; its agents connect to the others. */
  private void storm(Agents agents, int channels) throws Exception {
    int last = ports.size() - 1;
    List<Integer> left = ports.subList(0, last);
    int moving = channels / ports.size();
    agents.reconnectTo(left);
    resetStatements();
    double cpu = cpu();
    long began = System.nanoTime();
    servers.get(last).kill();
    double slowest = 0;
    double nine = 0;
    while (agents.reconnected() < moving) {
      long asking = System.nanoTime();
      get(left.get(0), "/api/v1/agents?limit=50");
      slowest = Math.max(slowest, 1000 * seconds(asking));
      if (nine == 0 && agents.reconnected() >= moving * 9 / 10) {
        nine = seconds(began);
      }
      if (seconds(began) > 180) {
        throw new IOException("only " + agents.reconnected() + " of " + moving + " came back");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    print("one killed: " + moving + " agents are back after, s", seconds(began));
    print("nine in ten of them after, s", nine);
    print("meanwhile, statements an agent", (double) statements() / moving);
    print("meanwhile, the slowest list of 50 agents, ms", slowest);
    print("meanwhile, CPU s of those left", cpu() - cpu);
    top();
    TimeUnit.SECONDS.sleep(40);
    print("agents lost, in the records", count(database, "SELECT count(*) FROM lost_agents"));
    print("connections, in the records", count(database, "SELECT count(*) FROM connections"));
  }

  /** The statements that were called most. */
  private void top() throws SQLException {
    try (Statement statement = statistics.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT calls, round(total_exec_time), left(regexp_replace(query, '\\s+', ' ',"
                    + " 'g'), 90) FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database"
                    + " WHERE datname = 'whorl') ORDER BY calls DESC LIMIT 12")) {
      while (rows.next()) {
        System.out.printf(
            Locale.ROOT,
            "    %7d calls %7d ms  %s%n",
            rows.getLong(1),
            rows.getLong(2),
            rows.getString(3));
      }
    }
    resetStatements();
  }

  private void resetStatements() throws SQLException {
    try (Statement statement = statistics.createStatement()) {
      statement.execute("SELECT pg_stat_statements_reset()");
    }
  }

  private long statements() throws SQLException {
    return count(
        statistics,
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE dbid = (SELECT oid FROM"
            + " pg_database WHERE datname = 'whorl')");
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private double cpu() throws IOException {
    double seconds = 0;
    for (ServerProcess server : servers) {
      seconds += server.isAlive() ? server.cpuSeconds() : 0;
    }
    return seconds;
  }

  /** Bytes on the heaps after a collection, and of the processes. */
  private double[] memory() throws IOException, InterruptedException {
    double[] bytes = new double[2];
    for (ServerProcess server : servers) {
      bytes[0] += Heap.bytes(collector.home(), server.pid());
      bytes[1] += server.residentBytes();
    }
    return bytes;
  }

  private HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + Collector.RESPONDER);
  }

  private HttpResponse<String> get(int port, String path) throws IOException {
    try {
      return client.send(request(port, path).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private boolean isReady(int port) {
    try {
      return get(port, "/readyz").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private double metric(int port, String name) throws IOException {
    for (String line : get(port, "/metrics").body().split("\n")) {
      if (line.startsWith(name + " ")) {
        return Double.parseDouble(line.substring(line.indexOf(' ')));
      }
    }
    throw new IOException("no " + name);
  }

  private static double seconds(long beganNanos) {
    return (System.nanoTime() - beganNanos) / 1e9;
  }

  private static void print(String figure, double value) {
    System.out.printf(Locale.ROOT, "%-60s %10.1f%n", figure, value);
  }

  @Override
  public void close() throws SQLException {
    servers.forEach(ServerProcess::close);
    database.close();
    statistics.close();
  }
}
