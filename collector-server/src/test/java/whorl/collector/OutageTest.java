package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.RecordsPlace;
import whorl.collector.config.S3Location;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.store.objects.s3.MotoServer;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TcpProxy;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestPostgres;

/** A whole collector whose database, or whose object store, takes requests and answers nothing. */
@Timeout(300)
@Tag("long") // PostgresDatabaseTest, S3FaultTest and HttpServerTest have its parts
class OutageTest {
  private static final Duration SECONDS = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private TestPostgres postgres;
  private @Nullable MotoServer moto;
  private TcpProxy toDatabase;
  private TcpProxy toObjects;
  private @Nullable CollectorServer server;
  private FakeAgent sealed;

  @BeforeEach
  void start() throws Exception {
    moto = MotoServer.startOrSkip(folder);
    moto.create("evidence", false);
    postgres = TestPostgres.empty();
    toDatabase = new TcpProxy(postgres.port());
    toObjects = new TcpProxy(URI.create(moto.endpoint()).getPort());
    LogKey.create(folder.resolve("log.key"));
    server =
        CollectorServer.start(
            TestConfig.in(folder.resolve("data"))
                .custody(new CustodyOptions(folder.resolve("log.key"), null, null))
                .records(
                    new RecordsPlace.Postgres(
                        "jdbc:postgresql://127.0.0.1:" + toDatabase.port() + "/" + postgres.name(),
                        "postgres",
                        "secret-1",
                        null))
                .objects(
                    new ObjectsPlace.Shared(
                        null,
                        S3Location.parse(
                            "s3://evidence/whorl?endpoint=http://127.0.0.1:" + toObjects.port()),
                        folder.resolve("cache"),
                        64L << 20))
                .config(),
            Wiring::open,
            message -> {});
    sealed = agent();
    assertThat(sealed.shipAll(caller("agent")).status()).isEqualTo(204);
    ready();
  }

  @AfterEach
  void stop() throws Exception {
    toDatabase.repair();
    toObjects.repair();
    if (server != null) {
      server.stop();
    }
    toDatabase.close();
    toObjects.close();
    postgres.close();
    if (moto != null) {
      moto.close();
    }
  }

  private static FakeAgent agent() {
    return new FakeAgent().with("threads.txt", "\"main\" prio=5\n").seal();
  }

  @Test
  void databaseThatAnswersNothing_makesEachRouteUnavailable_andAllGoesOnAfterwards()
      throws Exception {
    outage(toDatabase, "the database with the records", "PostgreSQL database");
  }

  @Test
  void objectStoreThatAnswersNothing_makesEachRouteUnavailable_andAllGoesOnAfterwards()
      throws Exception {
    outage(toObjects, "the object store", "the object store fails");
  }

  private void outage(TcpProxy network, String what, String readiness) throws Exception {
    FakeAgent agent = agent();
    byte[] large = new byte[3 << 20];
    new Random(5).nextBytes(large);
    agent.with("heap.hprof.gz", large);
    agent.seal();
    String upload =
        URI.create(agent.create(caller("agent"), "heap.hprof.gz", large.length).header("Location"))
            .getRawPath();
    byte[] half = Arrays.copyOf(large, 1 << 20);
    byte[] rest = Arrays.copyOfRange(large, half.length, large.length);
    assertThat(FakeAgent.patch(caller("agent"), upload, 0, half).status()).isEqualTo(204);

    network.swallow();
    long began = System.nanoTime();
    List<CompletableFuture<Answer>> waiting = new ArrayList<>();
    boolean isDatabase = network == toDatabase;
    String evidence = "/api/v1/evidence/" + sealed.evidence;
    waiting.add(later(() -> FakeAgent.patch(caller("agent"), upload, half.length, rest)));
    waiting.add(
        later(() -> agent.ship(caller("agent"), "threads.txt", "\"main\" prio=5\n".getBytes())));
    waiting.add(later(() -> get("viewer", evidence + "/artifacts/threads.txt")));
    waiting.add(later(() -> get("viewer", evidence + "/bag")));
    if (isDatabase) {
      waiting.add(later(() -> get("viewer", "/api/v1/evidence")));
      waiting.add(later(() -> get("viewer", evidence)));
      waiting.add(later(() -> get("viewer", "/api/v1/alerts")));
      waiting.add(later(() -> get("viewer", "/api/v1/captures")));
      waiting.add(later(() -> get("viewer", "/api/v1/cases")));
      waiting.add(later(() -> get("viewer", "/api/v1/custody")));
      waiting.add(later(() -> get("viewer", "/api/v1/retention")));
      waiting.add(later(() -> get("viewer", evidence + "/findings")));
      waiting.add(later(() -> get("viewer", evidence + "/timeline")));
      waiting.add(later(() -> call("alert", "POST", "/api/v1/alerts/generic", alert())));
      waiting.add(later(() -> call("admin", "DELETE", evidence, "")));
    }
    await()
        .atMost(SECONDS)
        .untilAsserted(
            () -> {
              Answer ready = get("viewer", "/readyz");
              assertThat(ready.status()).isEqualTo(503);
              assertThat(ready.text()).contains(readiness).doesNotContain("secret-1");
            });
    for (CompletableFuture<Answer> each : waiting) {
      Answer answer = each.get(SECONDS.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(answer.status()).as(answer.text()).isEqualTo(503);
      assertThat(answer.text()).contains(what);
      assertThat(answer.header("Retry-After")).isEqualTo("5");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(60));
    long asked = System.nanoTime();
    assertThat(get("viewer", "/metrics").status()).isEqualTo(200);
    assertThat(get("viewer", "/healthz").status()).isEqualTo(200);
    assertThat(get("viewer", evidence + "/artifacts/threads.txt").status()).isEqualTo(503);
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));

    network.repair();

    ready();
    await()
        .atMost(SECONDS)
        .untilAsserted(
            () -> assertThat(FakeAgent.head(caller("agent"), upload).status()).isEqualTo(200));
    assertThat(FakeAgent.head(caller("agent"), upload).header("Upload-Offset"))
        .isEqualTo(Integer.toString(half.length));
    await()
        .atMost(Duration.ofSeconds(60)) // for the lock of the request that broke off
        .untilAsserted(() -> assertThat(agent.shipAll(caller("agent")).status()).isEqualTo(204));
    assertThat(
            get("viewer", "/api/v1/evidence/" + agent.evidence + "/artifacts/heap.hprof.gz").body())
        .isEqualTo(large);
    assertThat(get("viewer", evidence + "/artifacts/threads.txt").status()).isEqualTo(200);
    assertThat(get("viewer", evidence + "/verify").text()).contains("\"verified\":true");
  }

  private static String alert() {
    return "{\"title\":\"a shell\",\"rule\":\"r\",\"level\":\"high\","
        + "\"target\":{\"service\":\"shop\"}}";
  }

  private interface Request {
    Answer send() throws IOException;
  }

  private static CompletableFuture<Answer> later(Request request) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return request.send();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "test-client").start());
  }

  private void ready() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(get("viewer", "/readyz").status()).isEqualTo(200));
  }

  private Answer get(String role, String path) throws IOException {
    return caller(role).call("GET", path, Map.of(), new byte[0]);
  }

  private Answer call(String role, String method, String path, String json) throws IOException {
    return caller(role)
        .call(method, path, Map.of("Content-Type", "application/json"), json.getBytes());
  }

  private Caller caller(String role) throws IOException {
    String token =
        Files.readAllLines(folder.resolve("data/tokens")).stream()
            .filter(line -> line.startsWith(role + " "))
            .findFirst()
            .orElseThrow()
            .substring(role.length() + 1);
    return new HttpCaller(server.url(), token);
  }
}
