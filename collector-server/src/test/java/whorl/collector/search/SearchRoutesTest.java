package whorl.collector.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.http.request.Role;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.Indicator;
import whorl.collector.store.records.IndicatorKind;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

class SearchRoutesTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final Id EVIDENCE = new Id("evidence-one");
  private static final Id AGENT = new Id("agent-00000001");

  @TempDir private Path folder;
  private TestDatabase data;
  private Database database;
  private FakeClient viewer;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(TestDatabase.Engine.SQLITE, folder);
    database = data.open();
    IndicatorLedger indicators = new IndicatorLedger(database);
    indicators.replace(
        new IndicatorLedger.Origin(EVIDENCE, null, AGENT, "shop", "shop-1"),
        List.of(new Indicator(IndicatorKind.COMMAND, "/bin/sh -c id", NOON, NOON, 2)));
    JournalLedger journals =
        new JournalLedger(database, JournalLedger.Limits.DEFAULT, InstantSource.system());
    journals.append(
        List.of(
            new JournalLedger.Entry(
                AGENT,
                7,
                "{\"sequence\":7,\"time\":\"2026-11-25T12:00:01Z\",\"type\":\"whorl.ProcessStart\","
                    + "\"fields\":{\"command\":\"/bin/sh -c id\"},\"thread\":\"http-1\","
                    + "\"stack\":[\"a.B.c\"]}"),
            new JournalLedger.Entry(AGENT, 8, "not JSON, but /bin/sh")));
    viewer =
        new FakeClient(
            new SearchRoutes(indicators, new AgentLedger(database), journals).routes(),
            Role.VIEWER);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void value_isFoundWithItsPlaces_andInTheJournal() {
    JsonNode result = viewer.get("/api/v1/search?q=/BIN/sh").json();

    JsonNode value = result.path("values").path(0);
    assertThat(value.path("kind").asText()).isEqualTo("command");
    assertThat(value.path("jvms").asInt()).isEqualTo(1);
    assertThat(value.at("/places/0/evidence").asText()).isEqualTo(EVIDENCE.value());
    assertThat(value.at("/places/0/first").asText()).isEqualTo("2026-11-25T12:00:00Z");
    assertThat(result.path("events")).hasSize(2);
    assertThat(result.at("/events/1/fields/command").asText()).isEqualTo("/bin/sh -c id");
    assertThat(result.at("/events/1").has("stack")).isFalse();
    assertThat(result.at("/events/0/sequence").asInt()).isEqualTo(8);
    assertThat(result.path("cut").asBoolean()).isFalse();
  }

  @Test
  void kind_leavesOutTheRest() {
    assertThat(viewer.get("/api/v1/search?q=/bin/sh&kind=host").json().path("values")).isEmpty();
    JsonNode commands = viewer.get("/api/v1/search?q=/bin/sh&kind=command").json();
    assertThat(commands.path("values")).hasSize(1);
    assertThat(commands.path("events")).isEmpty();
  }

  /** Each reads all that is kept. */
  @Test
  void moreSearchesOfAPersonAtOnce_areRefused_untilOneHasEnded() throws Exception {
    CountDownLatch running = new CountDownLatch(SearchRoutes.AT_ONCE_OF_PERSON);
    CountDownLatch release = new CountDownLatch(1);
    Database slow =
        (Database)
            Proxy.newProxyInstance(
                Database.class.getClassLoader(),
                new Class<?>[] {Database.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("query")) {
                    running.countDown();
                    assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
                  }
                  return method.invoke(database, arguments);
                });
    FakeClient client =
        new FakeClient(
            new SearchRoutes(
                    new IndicatorLedger(slow),
                    new AgentLedger(database),
                    new JournalLedger(
                        database, JournalLedger.Limits.DEFAULT, InstantSource.system()))
                .routes(),
            Role.VIEWER);
    ExecutorService threads = Executors.newFixedThreadPool(SearchRoutes.AT_ONCE_OF_PERSON);
    try {
      List<Future<Answer>> searches = new ArrayList<>();
      for (int i = 0; i < SearchRoutes.AT_ONCE_OF_PERSON; i++) {
        searches.add(threads.submit(() -> client.get("/api/v1/search?q=/bin/sh")));
      }
      assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

      Answer refused = client.get("/api/v1/search?q=/bin/sh");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      release.countDown();
      for (Future<Answer> each : searches) {
        assertThat(each.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
      }
      assertThat(client.get("/api/v1/search?q=/bin/sh").status()).isEqualTo(200);
    } finally {
      release.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void badParameters_areRefused_withWhatIsAllowed() {
    assertThat(viewer.get("/api/v1/search").status()).isEqualTo(400);
    assertThat(viewer.get("/api/v1/search?q=ab").text()).contains("from 3 to 200");
    assertThat(viewer.get("/api/v1/search?q=abc&kind=shoe").text()).contains("user agent");
  }
}
