package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.MigrateConfig;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.RecordsPlace;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.migrate.MoveOutcome;
import whorl.collector.migrate.Watcher;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestPostgres;
import whorl.evidence.Json;

/**
 * A whole collector that moves from its data folder to PostgreSQL and a folder of objects, and
 * back.
 */
@Timeout(300)
class MigrateTest {
  private static final List<String> LISTS =
      List.of(
          "/api/v1/evidence",
          "/api/v1/alerts",
          "/api/v1/cases",
          "/api/v1/captures",
          "/api/v1/custody?evidence=");

  private static final Watcher NOBODY =
      new Watcher() {
        @Override
        public void doing(String activity) {}

        @Override
        public void bytes(long done, long of) {}
      };

  @TempDir private Path folder;
  private final List<String> messages = new ArrayList<>();
  private final List<CollectorServer> running = new ArrayList<>();
  private TestPostgres postgres;

  @BeforeEach
  void start() throws Exception {
    postgres = TestPostgres.empty();
  }

  @AfterEach
  void stop() throws Exception {
    stopAll();
    postgres.close();
  }

  @Test
  void collector_movesThereAndBack_andNothingChanges() throws Exception {
    CollectorServer alone = alone("data");
    FakeAgent first = agent("one");
    FakeAgent second = agent("two");
    assertThat(first.shipAll(caller(alone, "agent")).status()).isEqualTo(204);
    assertThat(second.shipAll(caller(alone, "agent")).status()).isEqualTo(204);
    awaitTimeline(alone, first);
    awaitTimeline(alone, second);
    Caller admin = caller(alone, "admin");
    json(admin, "PUT", "/api/v1/evidence/" + second.evidence + "/hold", Map.of("reason", "court"));
    json(
        caller(alone, "alert"),
        "POST",
        "/api/v1/alerts/generic",
        Map.of(
            "title",
            "a shell \u0000",
            "rule",
            "r",
            "level",
            "high",
            "target",
            Map.of("service", "shop")));
    String ofCase =
        json(caller(alone, "responder"), "POST", "/api/v1/cases", Map.of("title", "intrusion"))
            .get("id")
            .asText();
    json(
        caller(alone, "responder"),
        "POST",
        "/api/v1/cases/" + ofCase + "/notes",
        Map.of("text", "they came by night"));
    FakeAgent half = agent("half");
    byte[] large = new byte[9 << 20];
    new Random(3).nextBytes(large);
    half.with("heap.hprof.gz", large).seal();
    assertThat(
            half.ship(caller(alone, "agent"), "threads.txt", bytes(half, "threads.txt")).status())
        .isEqualTo(204);
    String location =
        pathOf(
            half.create(caller(alone, "agent"), "heap.hprof.gz", large.length).header("Location"));
    assertThat(
            FakeAgent.patch(caller(alone, "agent"), location, 0, Arrays.copyOf(large, 8_500_000))
                .status())
        .isEqualTo(204);
    Map<String, JsonNode> before = lists(alone);
    Answer bag = get(caller(alone, "responder"), "/api/v1/evidence/" + first.evidence + "/bag");
    String checkpoint = get(caller(alone, "viewer"), "/api/v1/custody/checkpoint").text();
    Map<String, String> timelines = timelines(alone, first, second);
    stopAll();

    MoveOutcome there = move("data", false);

    assertThat(there.problems()).isEmpty();
    assertThat(there.evidence()).isEqualTo(2);
    assertThat(there.timelines()).isEqualTo(2);
    assertThat(there.uploads()).isEqualTo(2);
    CollectorServer one = sharing("one");
    CollectorServer two = sharing("two");
    for (CollectorServer each : List.of(one, two)) {
      assertThat(lists(each)).isEqualTo(before);
      assertThat(timelines(each, first, second)).isEqualTo(timelines);
      assertVerified(each, first, second);
      assertThat(get(caller(each, "viewer"), "/api/v1/cases/" + ofCase).text())
          .contains("they came by");
    }
    assertThat(purge(one, second)).as("it is on hold").isEqualTo(409);
    assertContinues(one, checkpoint, first, bag);

    Caller agent = caller(two, "agent");
    assertThat(FakeAgent.head(agent, location).header("Upload-Offset")).isEqualTo("8500000");
    assertThat(
            FakeAgent.patch(
                    agent, location, 8_500_000, Arrays.copyOfRange(large, 8_500_000, 8_800_000))
                .status())
        .isEqualTo(204);
    Map<String, JsonNode> shared = lists(one);
    checkpoint = get(caller(one, "viewer"), "/api/v1/custody/checkpoint").text();
    stopAll();

    MoveOutcome back = move("back", true);

    assertThat(back.problems()).isEmpty();
    assertThat(back.evidence()).isEqualTo(2);
    assertThat(back.timelines()).isEqualTo(2);
    CollectorServer again = alone("back");
    assertThat(lists(again)).isEqualTo(shared);
    assertThat(timelines(again, first, second)).isEqualTo(timelines);
    assertVerified(again, first, second);
    assertContinues(again, checkpoint, first, bag);
    agent = caller(again, "agent");
    assertThat(FakeAgent.head(agent, location).header("Upload-Offset")).isEqualTo("8800000");
    assertThat(
            FakeAgent.patch(
                    agent, location, 8_800_000, Arrays.copyOfRange(large, 8_800_000, large.length))
                .status())
        .isEqualTo(204);
    assertThat(half.shipAll(agent).status()).isEqualTo(204);
    assertVerified(again, half);
    assertThat(
            get(
                    caller(again, "viewer"),
                    "/api/v1/evidence/" + half.evidence + "/artifacts/heap.hprof.gz")
                .body())
        .isEqualTo(large);
    stopAll();
    assertThat(
            new OfflineVerifier(InstantSource.system()).verify(folder.resolve("back")).problems())
        .isEmpty();
  }

  @Test
  void noCollectorStarts_withWhatHasMoved_orWithTheFolderOfAnother() throws Exception {
    CollectorServer alone = alone("data");
    FakeAgent agent = agent("one");
    assertThat(agent.shipAll(caller(alone, "agent")).status()).isEqualTo(204);
    assertThatThrownBy(() -> move("data", false)).hasMessageContaining("in use by another");
    stopAll();
    assertThat(move("data", false).evidence()).isEqualTo(1);

    assertThatThrownBy(() -> alone("data")).hasMessageContaining("was moved by whorl migrate");
    assertThatThrownBy(() -> sharing("data")).hasMessageContaining("give another one with --data");
    MoveOutcome again = move("data", false);
    assertThat(again.evidence()).isEqualTo(1);
    assertThat(again.carriedNow()).isZero();
    assertThat(again.notes()).anyMatch(each -> each.contains("there already"));

    CollectorServer one = sharing("one");
    assertThatThrownBy(() -> move("back", true)).hasMessageContaining("collectors run with");
    assertThatThrownBy(() -> move("data", false)).hasMessageContaining("collectors run with");
    one.stop();
    running.clear();
    assertThatThrownBy(() -> move("data", false)).hasMessageContaining("has started with");
    assertThatThrownBy(() -> move("data", true)).hasMessageContaining("not empty");

    assertThat(move("back", true).evidence()).isEqualTo(1);
    assertThat(move("back", true).carriedNow()).isZero();
    assertThatThrownBy(() -> sharing("one")).hasMessageContaining("has moved to");
    assertThat(move("back", false).evidence()).as("and there once more").isEqualTo(1);
    CollectorServer last = sharing("one");
    assertVerified(last, agent);
  }

  private MoveOutcome move(String data, boolean back) throws IOException {
    return MigrateWiring.move(
        new MigrateConfig(
            folder.resolve(data),
            records(),
            objects("unused"),
            back ? folder.resolve("data/custody/log.key") : null,
            back,
            false,
            folder.resolve("work")),
        NOBODY);
  }

  private RecordsPlace.Postgres records() {
    return new RecordsPlace.Postgres(
        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + postgres.name(),
        "postgres",
        "secret-1",
        null);
  }

  private ObjectsPlace.Shared objects(String cache) {
    return new ObjectsPlace.Shared(
        folder.resolve("objects"), null, folder.resolve(cache).resolve("cache"), 64L << 20);
  }

  private CollectorServer alone(String name) throws Exception {
    Path data = folder.resolve(name);
    return started(data, null, new RecordsPlace.Folder(data), new ObjectsPlace.Data());
  }

  private CollectorServer sharing(String name) throws Exception {
    Path key = folder.resolve("data/custody/log.key");
    return started(folder.resolve(name), key, records(), objects(name));
  }

  private CollectorServer started(
      Path data, @Nullable Path key, RecordsPlace records, ObjectsPlace objects) throws Exception {
    Path tokens = folder.resolve("data/tokens");
    CollectorServer server =
        CollectorServer.start(
            TestConfig.in(data)
                .tokens(Files.exists(tokens) ? tokens : null)
                .custody(new CustodyOptions(key, null, null))
                .records(records)
                .objects(objects)
                .config(),
            Wiring::open,
            messages::add);
    running.add(server);
    return server;
  }

  private void stopAll() {
    running.forEach(CollectorServer::stop);
    running.clear();
  }

  private static FakeAgent agent(String name) {
    FakeAgent agent = new FakeAgent();
    agent.with("threads.txt", "\"" + name + "\" prio=5\n");
    agent.with("console.log", "2026-11-25T09:35:28Z stdout hello\n");
    agent.with("empty.txt", "");
    agent.with(
        "events.ndjson",
        "{\"sequence\":1,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.FileOpen\","
            + "\"fields\":{\"path\":\"/etc/passwd\",\"access\":\"read\"}}\n");
    return agent.seal();
  }

  private static byte[] bytes(FakeAgent agent, String name) {
    return agent.artifacts.entrySet().stream()
        .filter(each -> each.getKey().value().equals(name))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  /** What people see in the lists. */
  private Map<String, JsonNode> lists(CollectorServer collector) throws IOException {
    Map<String, JsonNode> lists = new LinkedHashMap<>();
    for (String each : LISTS) {
      if (!each.contains("custody")) {
        Answer answer = get(caller(collector, "admin"), each);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        lists.put(each, answer.json());
      }
    }
    return lists;
  }

  private Map<String, String> timelines(CollectorServer collector, FakeAgent... agents)
      throws IOException {
    Map<String, String> timelines = new LinkedHashMap<>();
    for (FakeAgent each : agents) {
      awaitTimeline(collector, each);
      timelines.put(
          each.evidence.value(),
          get(
                  caller(collector, "viewer"),
                  "/api/v1/evidence/" + each.evidence + "/timeline?limit=100")
              .text());
    }
    return timelines;
  }

  private void awaitTimeline(CollectorServer collector, FakeAgent agent) throws IOException {
    Caller viewer = caller(collector, "viewer");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              Answer timeline =
                  get(viewer, "/api/v1/evidence/" + agent.evidence + "/timeline?limit=10");
              assertThat(timeline.status()).as(timeline.text()).isEqualTo(200);
            });
  }

  private void assertVerified(CollectorServer collector, FakeAgent... agents) throws IOException {
    for (FakeAgent each : agents) {
      Answer verified =
          get(caller(collector, "viewer"), "/api/v1/evidence/" + each.evidence + "/verify");
      assertThat(verified.json().get("verified").asBoolean()).as(verified.text()).isTrue();
      assertThat(verified.json().get("problems")).as(verified.text()).isEmpty();
    }
  }

  /** The log is the same one: it continues a checkpoint, and a bag of before verifies. */
  private void assertContinues(
      CollectorServer collector, String checkpoint, FakeAgent agent, Answer bag)
      throws IOException {
    String[] lines = checkpoint.split("\n");
    long size = Long.parseLong(lines[1]);
    String now = get(caller(collector, "viewer"), "/api/v1/custody/checkpoint").text();
    assertThat(now.split("\n")[0]).isEqualTo(lines[0]);
    assertThat(Long.parseLong(now.split("\n")[1])).isGreaterThan(size);
    Path old = folder.resolve("old-checkpoint.txt");
    Files.writeString(old, checkpoint);
    Path file = folder.resolve("bag.zip");
    Files.write(file, bag.body());
    OfflineVerifier verifier = new OfflineVerifier(InstantSource.system());
    assertThat(verifier.verify(file).problems()).isEmpty();
    Path fresh = folder.resolve("fresh.zip");
    Files.write(
        fresh,
        get(caller(collector, "responder"), "/api/v1/evidence/" + agent.evidence + "/bag").body());
    assertThat(verifier.verify(fresh).problems()).isEmpty();
  }

  private int purge(CollectorServer collector, FakeAgent agent) throws IOException {
    return caller(collector, "admin")
        .call("DELETE", "/api/v1/evidence/" + agent.evidence + "?reason=r", Map.of(), new byte[0])
        .status();
  }

  private static JsonNode json(
      Caller caller, String method, String path, Map<String, Object> body) {
    Answer answer =
        caller.call(
            method,
            path,
            Map.of("Content-Type", "application/json"),
            Json.text(body).getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
    return answer.json();
  }

  private static String pathOf(String target) {
    return java.net.URI.create(target).getRawPath();
  }

  private static Answer get(Caller caller, String path) {
    return caller.call("GET", path, Map.of(), new byte[0]);
  }

  private Caller caller(CollectorServer collector, String role) throws IOException {
    String token =
        Files.readAllLines(folder.resolve("data/tokens")).stream()
            .filter(line -> line.startsWith(role + " "))
            .findFirst()
            .orElseThrow()
            .substring(role.length() + 1);
    return new HttpCaller(collector.url(), token);
  }
}
