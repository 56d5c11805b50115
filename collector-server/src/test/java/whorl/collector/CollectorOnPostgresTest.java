package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.RecordsPlace;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.testkit.TcpProxy;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestPostgres;

/** The whole collector with its records in PostgreSQL. */
@Timeout(180)
class CollectorOnPostgresTest {
  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> messages = new ArrayList<>();
  private TestPostgres postgres;
  private TcpProxy network;
  private CollectorServer server;

  @BeforeEach
  void start() throws Exception {
    postgres = TestPostgres.empty();
    network = new TcpProxy(postgres.port());
    server = started();
  }

  private CollectorServer started() throws Exception {
    Path key = folder.resolve("log.key");
    if (!Files.exists(key)) {
      LogKey.create(key);
    }
    return CollectorServer.start(
        TestConfig.in(folder.resolve("data"))
            .custody(new CustodyOptions(key, null, null))
            .records(
                new RecordsPlace.Postgres(
                    "jdbc:postgresql://127.0.0.1:" + network.port() + "/" + postgres.name(),
                    "postgres",
                    "secret-1",
                    null))
            .objects(
                new ObjectsPlace.Shared(
                    folder.resolve("objects"), null, folder.resolve("cache"), 64L << 20))
            .config(),
        Wiring::open,
        messages::add);
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    network.close();
    postgres.close();
  }

  @Test
  void alertsAndCases_areThereAfterARestart_andNoSqliteFileIs() throws Exception {
    ready();
    HttpResponse<String> alert =
        send(
            "POST",
            "/api/v1/alerts/generic",
            "alert",
            "{\"title\":\"a shell \\u0000\",\"rule\":\"r\",\"level\":\"high\","
                + "\"target\":{\"service\":\"shop\"}}");
    assertThat(alert.statusCode()).as(alert.body()).isEqualTo(202);
    HttpResponse<String> added =
        send("POST", "/api/v1/cases", "responder", "{\"title\":\"intrusion\"}");
    assertThat(added.statusCode()).as(added.body()).isBetween(200, 201);

    server.stop();
    server = started();
    ready();

    assertThat(send("GET", "/api/v1/alerts", "viewer", null).body()).contains("a shell");
    assertThat(send("GET", "/api/v1/cases", "viewer", null).body()).contains("intrusion");
    assertThat(send("GET", "/api/v1/evidence", "viewer", null).statusCode()).isEqualTo(200);
    assertThat(send("GET", "/metrics", "viewer", null).body())
        .contains("whorl_alerts_kept 1", "whorl_journal_bytes 0");
    assertThat(folder.resolve("data/catalog.db")).doesNotExist();
    assertThat(folder.resolve("data/cases.db")).doesNotExist();
  }

  @Test
  void lostServer_isNamedByReadyz_andTheCollectorGoesOnWhenItIsBack() throws Exception {
    ready();
    network.cut();

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(send("GET", "/readyz", null, null).body())
                    .contains("PostgreSQL database " + postgres.name())
                    .doesNotContain("secret-1"));
    assertThat(send("GET", "/readyz", null, null).statusCode()).isEqualTo(503);
    assertThat(send("GET", "/healthz", null, null).statusCode()).isEqualTo(200);

    network.repair();

    ready();
    assertThat(send("GET", "/api/v1/evidence", "viewer", null).statusCode()).isEqualTo(200);
  }

  private void ready() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(send("GET", "/readyz", null, null).body()).isEqualTo("ready\n"));
  }

  private HttpResponse<String> send(String method, String path, String role, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (role != null) {
      request.header("Authorization", "Bearer " + token(role));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String token(String role) throws Exception {
    return Files.readAllLines(folder.resolve("data/tokens")).stream()
        .filter(line -> line.startsWith(role + " "))
        .findFirst()
        .orElseThrow()
        .substring(role.length() + 1);
  }
}
