package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.RecordsPlace;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestPostgres;

/** Two whole collectors on one PostgreSQL and one folder of objects, behind a balancer. */
@Timeout(300)
class SeveralCollectorsTest {
  @TempDir private Path folder;
  private final List<String> messages = new ArrayList<>();
  private TestPostgres postgres;
  private CollectorServer one;
  private CollectorServer two;

  @BeforeEach
  void start() throws Exception {
    postgres = TestPostgres.empty();
    LogKey.create(folder.resolve("log.key"));
    one = started("one");
    Files.createDirectories(folder.resolve("two"));
    Files.copy(folder.resolve("one/tokens"), folder.resolve("two/tokens"));
    two = started("two");
  }

  @AfterEach
  void stop() throws Exception {
    if (one != null) {
      one.stop();
    }
    if (two != null) {
      two.stop();
    }
    postgres.close();
  }

  private CollectorServer started(String name) throws Exception {
    Path data = folder.resolve(name);
    return CollectorServer.start(
        TestConfig.in(data)
            .custody(new CustodyOptions(folder.resolve("log.key"), null, null))
            .records(
                new RecordsPlace.Postgres(
                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + postgres.name(),
                    "postgres",
                    "secret-1",
                    null))
            .objects(
                new ObjectsPlace.Shared(
                    folder.resolve("objects"), null, data.resolve("cache"), 64L << 20))
            .config(),
        Wiring::open,
        messages::add);
  }

  @Test
  void evidenceShippedInTurns_isOneAtBoth_withOneTimelineAndOneCustody() throws Exception {
    FakeAgent agent = agentWithArtifacts();
    Caller balancer = inTurns(one, two);

    assertThat(agent.shipAll(balancer).status()).isEqualTo(204);

    String path = "/api/v1/evidence/" + agent.evidence;
    for (CollectorServer each : List.of(one, two)) {
      Caller viewer = caller(each, "viewer");
      assertThat(get(viewer, path).json().get("state").asText()).isEqualTo("sealed");
      agent.artifacts.forEach(
          (name, content) ->
              assertThat(get(viewer, path + "/artifacts/" + name.value()).body())
                  .isEqualTo(content));
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                Answer timeline = get(viewer, path + "/timeline?limit=10");
                assertThat(timeline.status()).as(timeline.text()).isEqualTo(200);
              });
    }
    assertThat(get(caller(one, "viewer"), path + "/timeline?limit=100").text())
        .isEqualTo(get(caller(two, "viewer"), path + "/timeline?limit=100").text());
    String findings = get(caller(two, "viewer"), path + "/findings").text();
    assertThat(get(caller(one, "viewer"), path + "/findings").text()).isEqualTo(findings);
    try (Stream<Path> stored = Files.list(folder.resolve("objects/timeline/" + agent.evidence))) {
      assertThat(stored.filter(each -> each.getFileName().toString().startsWith("findings-")))
          .as("computed once")
          .hasSize(1);
    }
    assertVerifies(two, agent);
  }

  @Test
  void collectorThatEndsInTheMiddle_losesNothingThatItAcknowledged() throws Exception {
    FakeAgent agent = agentWithArtifacts();
    byte[] large = new byte[12 << 20];
    new Random(7).nextBytes(large);
    agent.with("heap.hprof.gz", large);
    agent.seal();
    Caller first = caller(one, "agent");
    Answer created = agent.create(first, "heap.hprof.gz", large.length);
    String location = pathOf(created.header("Location"));
    byte[] half = java.util.Arrays.copyOf(large, 9 << 20);
    assertThat(FakeAgent.patch(first, location, 0, half).status()).isEqualTo(204);
    assertThat(agent.ship(first, "threads.txt", bytes(agent, "threads.txt")).status())
        .isEqualTo(204);

    one.stop();
    one = null;

    Caller second = caller(two, "agent");
    Answer head = FakeAgent.head(second, location);
    assertThat(head.header("Upload-Offset")).isEqualTo(Integer.toString(half.length));
    byte[] rest = java.util.Arrays.copyOfRange(large, half.length, large.length);
    assertThat(FakeAgent.patch(second, location, half.length, rest).status()).isEqualTo(204);
    assertThat(agent.shipAll(second).status()).isEqualTo(204);
    byte[] stored =
        get(
                caller(two, "viewer"),
                "/api/v1/evidence/" + agent.evidence + "/artifacts/heap.hprof.gz")
            .body();
    assertThat(stored.length).isEqualTo(large.length);
    assertThat(java.util.Arrays.mismatch(stored, large)).isEqualTo(-1);
    assertVerifies(two, agent);
  }

  /**
   * As in the middle of a rolling upgrade: a newer version has added to the schema, and has work of
   * kinds of its own. One collector of this version runs on, the other starts on that schema.
   */
  @Test
  void schemaAndWorkOfANewerVersion_doNotDisturbThisOne() throws Exception {
    FakeAgent before = agentWithArtifacts();
    assertThat(before.shipAll(inTurns(one, two)).status()).isEqualTo(204);
    upgradeSchema();
    two.stop();
    two = started("two");

    FakeAgent agent = agentWithArtifacts();
    assertThat(agent.shipAll(inTurns(one, two)).status()).isEqualTo(204);

    for (CollectorServer each : List.of(one, two)) {
      Caller viewer = caller(each, "viewer");
      for (FakeAgent shipped : List.of(before, agent)) {
        String path = "/api/v1/evidence/" + shipped.evidence;
        assertThat(get(viewer, path).json().get("state").asText()).isEqualTo("sealed");
        await()
            .atMost(Duration.ofSeconds(150))
            .untilAsserted(
                () -> {
                  Answer findings = get(viewer, path + "/findings");
                  assertThat(findings.status()).as(findings.text()).isEqualTo(200);
                });
      }
      for (String list : List.of("agents", "agents/services", "alerts", "captures", "evidence")) {
        assertThat(get(viewer, "/api/v1/" + list).status()).as(list).isEqualTo(200);
      }
      assertThat(
              caller(each, "responder")
                  .call(
                      "POST",
                      "/api/v1/cases",
                      Map.of("Content-Type", "application/json"),
                      "{\"title\":\"intrusion\"}".getBytes(StandardCharsets.UTF_8))
                  .status())
          .isBetween(200, 201);
    }
    assertVerifies(two, agent);
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement();
        ResultSet left =
            statement.executeQuery(
                "SELECT count(*) FROM jobs WHERE kind IN ('index-900', 'findings-900', 'later')"
                    + " AND attempts = 0")) {
      left.next();
      assertThat(left.getInt(1)).as("work of the newer version waits for it").isEqualTo(3);
    }
  }

  private void upgradeSchema() throws SQLException {
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                  + " AND tablename <> 'schema_history'")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      for (String table : tables) {
        statement.execute("ALTER TABLE " + table + " ADD COLUMN later TEXT");
      }
      statement.execute("CREATE TABLE later (a TEXT)");
      statement.execute("INSERT INTO limit_locks (name) VALUES ('LATER')");
      statement.execute(
          "INSERT INTO schema_history (installed_rank, version, description, type, script,"
              + " checksum, installed_by, execution_time, success) VALUES"
              + " (1000, '900', 'later', 'SQL', 'V900__later.sql', 1, 'x', 1, true)");
      statement.execute(
          "INSERT INTO collectors (id, version, started_at, seen_at)"
              + " VALUES ('later', '9.0.0', 0, 9000000000000)");
      for (String kind : List.of("index-900", "findings-900", "later")) {
        statement.execute(
            "INSERT INTO jobs (kind, evidence, urgent, size, attempts, until_millis, again,"
                + " progress, added_millis, due_millis) VALUES ('"
                + kind
                + "', 'evidence-later', 1, 1, 0, 0, 0, 0,"
                + " CAST(extract(epoch FROM now()) * 1000 AS bigint), 0)");
      }
    }
  }

  private static byte[] bytes(FakeAgent agent, String name) {
    return agent.artifacts.entrySet().stream()
        .filter(each -> each.getKey().value().equals(name))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  @Test
  void drain_failsNoRequest_ofThoseThatAskWhoIsReady() throws Exception {
    FakeAgent agent = agentWithArtifacts();
    byte[] large = new byte[4 << 20];
    new Random(3).nextBytes(large);
    agent.with("heap.hprof.gz", large);
    agent.seal();
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger served = new AtomicInteger();
    Caller viewer = ready("viewer");
    CompletableFuture<Void> readers =
        CompletableFuture.allOf(
            Stream.generate(
                    () ->
                        CompletableFuture.runAsync(
                            () -> {
                              while (!ended.get()) {
                                Answer answer = get(viewer, "/api/v1/agents");
                                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                                served.incrementAndGet();
                              }
                            }))
                .limit(2)
                .toArray(CompletableFuture[]::new));
    await().until(() -> served.get() > 4 || readers.isDone());

    CompletableFuture<Void> drained =
        CompletableFuture.runAsync(
            () -> {
              one.drain(Duration.ofSeconds(3));
              one.stop();
              one = null;
            });
    assertThat(agent.shipAll(ready("agent")).status()).isEqualTo(204);
    drained.join();
    int before = served.get();
    await().until(() -> served.get() > before + 4 || readers.isDone());
    ended.set(true);
    readers.join();

    assertThat(get(caller(two, "viewer"), "/api/v1/evidence/" + agent.evidence).status())
        .isEqualTo(200);
  }

  /** Sends each request to the first that is ready, as a balancer does that asks each time. */
  private Caller ready(String role) throws IOException {
    List<CollectorServer> collectors = List.of(one, two);
    List<Caller> callers = List.of(caller(one, role), caller(two, role));
    return (method, target, headers, body) -> {
      for (int i = 0; i < collectors.size(); i++) {
        if (isReady(collectors.get(i).url())) {
          return callers.get(i).call(method, pathOf(target), headers, body);
        }
      }
      throw new AssertionError("no collector is ready");
    };
  }

  private static boolean isReady(String url) {
    try {
      return HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(url + "/readyz")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .statusCode()
          == 200;
    } catch (IOException away) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static FakeAgent agentWithArtifacts() {
    FakeAgent agent = new FakeAgent();
    agent.with("threads.txt", "\"main\" prio=5\n");
    agent.with("console.log", "2026-11-25T09:35:28Z stdout hello\n");
    agent.with(
        "events.ndjson",
        "{\"sequence\":1,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.FileOpen\","
            + "\"fields\":{\"path\":\"/etc/passwd\",\"access\":\"read\"}}\n");
    return agent.seal();
  }

  private void assertVerifies(CollectorServer collector, FakeAgent agent) throws IOException {
    Answer bag = get(caller(collector, "responder"), "/api/v1/evidence/" + agent.evidence + "/bag");
    assertThat(bag.status()).isEqualTo(200);
    Path file = folder.resolve("bag.zip");
    Files.write(file, bag.body());
    VerificationReport report = new OfflineVerifier(InstantSource.system()).verify(file);
    assertThat(report.problems()).isEmpty();
  }

  /** Sends each request to the next collector, as a balancer does. */
  private Caller inTurns(CollectorServer... collectors) throws IOException {
    List<Caller> callers = new ArrayList<>();
    for (CollectorServer each : collectors) {
      callers.add(caller(each, "agent"));
    }
    int[] requests = {0};
    return (method, target, headers, body) ->
        callers.get(requests[0]++ % callers.size()).call(method, pathOf(target), headers, body);
  }

  private static String pathOf(String target) {
    URI uri = URI.create(target);
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + "?" + uri.getRawQuery();
  }

  private static Answer get(Caller caller, String path) {
    return caller.call("GET", path, Map.of(), new byte[0]);
  }

  private Caller caller(CollectorServer collector, String role) throws IOException {
    String token =
        Files.readAllLines(folder.resolve("one/tokens")).stream()
            .filter(line -> line.startsWith(role + " "))
            .findFirst()
            .orElseThrow()
            .substring(role.length() + 1);
    return new HttpCaller(collector.url(), token);
  }
}
