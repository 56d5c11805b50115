package whorl.collector.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.IdLookup;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestDatabase;

class IdRoutesTest {
  private final AtomicInteger saved = new AtomicInteger();

  @TempDir private Path folder;
  private TestDatabase data;
  private FakeClient viewer;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(TestDatabase.Engine.SQLITE, folder);
    Database database = data.open();
    for (int i = 0; i < 12; i++) {
      database.update(
          "INSERT INTO evidence (id, sealed_at, service, agent, capture, state, record, class,"
              + " bytes) VALUES (?,?,?,'agent-0001','','sealed',?,'alert',0)",
          "01a2bc30-0000-7000-8000-00000000c0" + (10 + i),
          1_000L * i,
          i == 3 ? "till" : "shop",
          "0".repeat(64));
    }
    viewer =
        new FakeClient(
            new IdRoutes(new IdLookup(database), saved::incrementAndGet).routes(), Role.VIEWER);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private JsonNode ids(String query) {
    return viewer.get("/api/v1/ids?" + query).json();
  }

  @Test
  void candidates_areBounded() {
    JsonNode found = ids("kind=evidence&id=01a2");

    assertThat(found.path("ids")).hasSize(10);
    assertThat(found.path("more").asBoolean()).isTrue();
    assertThat(found.at("/ids/0/id").asText()).endsWith("c021");
    assertThat(found.at("/ids/0/service").asText()).isEqualTo("shop");
    assertThat(found.at("/ids/0/time").asText()).isEqualTo("1970-01-01T00:00:11Z");
  }

  @Test
  void oneId_byItsEnd_itsBothEnds_orTheNewest() {
    assertThat(ids("kind=evidence&id=C013").at("/ids/0/service").asText()).isEqualTo("till");
    assertThat(ids("kind=evidence&id=01a2…c013").path("ids")).hasSize(1);
    assertThat(ids("kind=evidence&id=latest").at("/ids/0/id").asText()).endsWith("c021");
    assertThat(ids("kind=evidence&id=latest&service=till").at("/ids/0/id").asText())
        .endsWith("c013");
  }

  @Test
  void agents_thatHaveJustConnected_areFound() {
    assertThat(ids("kind=agent&id=latest").path("ids")).isEmpty();
    assertThat(saved).hasValue(1);
  }

  @Test
  void badParts_areRefused_withWhatIsAllowed() {
    assertThat(viewer.get("/api/v1/ids?kind=evidence&id=01").status()).isEqualTo(400);
    assertThat(viewer.get("/api/v1/ids?kind=evidence&id=01a%25").status()).isEqualTo(400);
    assertThat(viewer.get("/api/v1/ids?kind=evidence").text()).contains("from 4 to 64", "latest");
    assertThat(viewer.get("/api/v1/ids?kind=x&id=01a2").text())
        .contains("agent, alert, alert-group, capture, evidence");
  }
}
