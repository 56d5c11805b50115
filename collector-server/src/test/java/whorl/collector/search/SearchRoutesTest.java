package whorl.collector.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

class SearchRoutesTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final Id EVIDENCE = new Id("evidence-one");
  private static final Id AGENT = new Id("agent-00000001");

  @TempDir private Path folder;
  private TestDatabase data;
  private FakeClient viewer;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(TestDatabase.Engine.SQLITE, folder);
    Database database = data.open();
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

  @Test
  void badParameters_areRefused_withWhatIsAllowed() {
    assertThat(viewer.get("/api/v1/search").status()).isEqualTo(400);
    assertThat(viewer.get("/api/v1/search?q=ab").text()).contains("from 3 to 200");
    assertThat(viewer.get("/api/v1/search?q=abc&kind=shoe").text()).contains("user agent");
  }
}
