package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.ServeConfig;
import whorl.collector.http.auth.LocalLoginLimit;
import whorl.collector.http.auth.LocalSessions;
import whorl.collector.http.auth.PageAccess;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.ChannelEndpoint;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.outage.Outage;
import whorl.collector.testkit.TestConfig;
import whorl.collector.wiring.base.Readiness;
import whorl.evidence.Json;

@Timeout(60)
class CollectorServerTest {
  @TempDir private Path folder;

  private final List<String> messages = new ArrayList<>();

  @Test
  void firstStart_makesTokensAndShowsTheRespondersOnce() throws Exception {
    CollectorServer server = start(CollectorServerTest::parts);
    assertThat(messages).hasSize(2);
    assertThat(Files.readString(data().resolve("tokens"))).contains("responder " + messages.get(1));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data())))
        .isEqualTo("rwx------");
    assertThat(get(server, "/part", messages.get(1)).body()).startsWith("\"responder-");
    String token = messages.get(1);
    server.stop();

    messages.clear();
    CollectorServer again = start(CollectorServerTest::parts);
    assertThat(messages).isEmpty();
    assertThat(get(again, "/part", token).statusCode()).isEqualTo(200);
    again.stop();
  }

  @Test
  void openPaths_needNoToken() throws Exception {
    CollectorServer server = start(CollectorServerTest::parts);
    assertThat(get(server, "/healthz", null).body()).isEqualTo("ok\n");
    assertThat(get(server, "/readyz", null).body()).isEqualTo("ready\n");
    assertThat(get(server, "/metrics", null).body())
        .contains("# TYPE whorl_http_requests_total counter", "whorl_collector_data_free_bytes");
    assertThat(get(server, "/openapi.yaml", null).body()).startsWith("openapi: 3.1.0");
    assertThat(get(server, "/part", null).statusCode()).isEqualTo(401);
    server.stop();
  }

  @Test
  void page_isOpen_andLoggedInViewersReadButDoNotCapture() throws Exception {
    CollectorServer server = start(Wiring::open);
    try {
      HttpResponse<String> page = get(server, "/", null);
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'none'; script-src 'self'");
      assertThat(get(server, "/lib/preact.js", null).statusCode()).isEqualTo(200);
      assertThat(get(server, "/lib/%2e%2e/openapi.yaml", null).statusCode()).isEqualTo(400);

      String viewer =
          Files.readAllLines(data().resolve("tokens")).stream()
              .filter(line -> line.startsWith("viewer "))
              .findFirst()
              .orElseThrow()
              .substring("viewer ".length());
      HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
      HttpResponse<String> login =
          browser.send(
              post(server, "/session", "{\"token\":\"" + viewer + "\"}").build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(login.statusCode()).isEqualTo(200);
      String csrf = Json.LENIENT.readTree(login.body()).get("csrf").asText();
      HttpRequest.Builder list =
          HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/evidence"));
      assertThat(status(browser, list)).isEqualTo(200);
      String capture = "{\"target\":{\"service\":\"shop\"}}";
      assertThat(
              status(
                  browser, post(server, "/api/v1/captures", capture).header("X-CSRF-Token", csrf)))
          .isEqualTo(403);
      assertThat(get(server, "/metrics", null).body()).contains("whorl_sessions_open 1");
    } finally {
      server.stop();
    }
  }

  private static HttpRequest.Builder post(CollectorServer server, String path, String json) {
    return HttpRequest.newBuilder(URI.create(server.url() + path))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json));
  }

  private static int status(HttpClient client, HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  @Test
  void dataFolder_inUse_isRefusedUntilItIsFree() throws Exception {
    CollectorServer server = start(CollectorServerTest::parts);
    assertThatThrownBy(() -> start(CollectorServerTest::parts))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use by another collector")
        .hasMessageContaining("--data");
    server.stop();
    start(CollectorServerTest::parts).stop();
  }

  @Test
  void failedStart_closesOpenPartsAndUnlocksTheFolder() throws Exception {
    List<String> closed = new ArrayList<>();
    CollectorParts.Opener twice =
        (config, metrics, readiness) -> {
          Route route = Route.open("GET", "/healthz", request -> Response.empty(200));
          return new CollectorParts(
              List.of(route), noEndpoint(), access(), List.of(() -> closed.add("part")));
        };
    assertThatThrownBy(() -> start(twice)).isInstanceOf(IllegalStateException.class);
    assertThat(closed).containsExactly("part");
    start(CollectorServerTest::parts).stop();
  }

  @Test
  void start_listensFirst_andReportsItsProgress() throws Exception {
    CountDownLatch requested = new CountDownLatch(1);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    CompletableFuture<CollectorServer> starting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return start(
                    port,
                    (config, metrics, readiness) -> {
                      readiness.recovering(7);
                      uninterrupted(requested);
                      return parts(config, metrics, readiness);
                    });
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    String url = "http://127.0.0.1:" + port;
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(get(url, "/readyz").body())
                    .isEqualTo("not ready\n- recovering, 7 left\n"));
    assertThat(get(url, "/readyz").statusCode()).isEqualTo(503);
    assertThat(get(url, "/healthz").statusCode()).isEqualTo(200);
    HttpResponse<String> upload = get(url, "/agent/v1/uploads/1");
    assertThat(upload.statusCode()).isEqualTo(503);
    assertThat(upload.headers().firstValue("Retry-After")).contains("5");
    assertThat(get(url, "/agent/v1/channel").statusCode()).isEqualTo(503);
    requested.countDown();

    CollectorServer server = starting.get(10, TimeUnit.SECONDS);
    assertThat(get(url, "/readyz").body()).isEqualTo("ready\n");
    assertThat(get(url, "/part").statusCode()).isEqualTo(401);
    server.stop();
  }

  @Test
  void databaseThatGoesAwayLateInTheStart_isWaitedFor() throws Exception {
    List<String> closed = new ArrayList<>();
    AtomicInteger attempts = new AtomicInteger();
    CollectorServer server =
        start(
            (config, metrics, readiness) -> {
              int attempt = attempts.incrementAndGet();
              metrics.gauge("whorl_part", "A part's.", () -> attempt);
              readiness.addRequired(() -> attempt == 3 ? null : "a part of attempt " + attempt);
              if (attempt < 3) {
                throw new DatabaseAway();
              }
              CollectorParts parts = parts(config, metrics, readiness);
              return new CollectorParts(
                  parts.routes(),
                  parts.channel(),
                  parts.access(),
                  List.of(() -> closed.add("the last attempt's")));
            });

    assertThat(get(server, "/readyz", null).body()).isEqualTo("ready\n");
    assertThat(get(server, "/metrics", null).body())
        .contains("\nwhorl_part 3\n", "whorl_collector_data_free_bytes");
    server.stop();
    assertThat(closed).containsExactly("the last attempt's");
  }

  private static final class DatabaseAway extends IOException implements Outage {
    private static final long serialVersionUID = 1L;

    DatabaseAway() {
      super("the database does not answer");
    }

    @Override
    public String unusable() {
      return "the database";
    }
  }

  @Test
  void start_deletesWhatAKilledRunWasExportingAndImporting() throws Exception {
    Path export = data().resolve("exports/export42/0.parquet");
    Path bag = data().resolve("exports/import-1/content/1");
    for (Path file : List.of(export, bag)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "rows");
    }

    CollectorServer server = start(Wiring::open);

    assertThat(export.getParent()).doesNotExist();
    assertThat(data().resolve("exports/import-1")).doesNotExist();
    server.stop();
  }

  @Test
  void start_onAnAddressInUse_leavesNoTraces() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(taken.getLocalPort(), CollectorServerTest::parts))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("choose another address");
    }
    assertThat(data()).doesNotExist();
    assertThat(messages).isEmpty();
  }

  private static void uninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void stop_closesPartsInTheirOrder() throws Exception {
    List<String> closed = new ArrayList<>();
    CollectorServer server =
        start(
            (config, metrics, readiness) ->
                new CollectorParts(
                    List.of(),
                    noEndpoint(),
                    access(),
                    List.of(
                        () -> closed.add("first"),
                        () -> {
                          throw new IOException("stuck");
                        },
                        () -> closed.add("last"))));
    server.stop();
    assertThat(closed).containsExactly("first", "last");
  }

  private static CollectorParts parts(ServeConfig config, Metrics metrics, Readiness readiness) {
    Route route =
        Route.of(
            "GET",
            "/part",
            Role.VIEWER,
            request -> {
              Principal principal = Objects.requireNonNull(request.principal());
              return Response.json(200, principal.name());
            });
    return new CollectorParts(List.of(route), noEndpoint(), access(), List.of());
  }

  private static PageAccess access() {
    return new PageAccess(
        new LocalSessions(System::nanoTime, new SecureRandom()),
        new LocalLoginLimit(System::nanoTime),
        null);
  }

  private static ChannelEndpoint noEndpoint() {
    return (peer, principal) -> {
      throw new IllegalStateException("not asked for");
    };
  }

  private Path data() {
    return folder.resolve("deep/data");
  }

  private static HttpResponse<String> get(String url, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private CollectorServer start(CollectorParts.Opener opener) throws IOException {
    return start(0, opener);
  }

  private CollectorServer start(int port, CollectorParts.Opener opener) throws IOException {
    ServeConfig config = TestConfig.in(data()).port(port).config();
    return CollectorServer.start(config, opener, messages::add);
  }

  private static HttpResponse<String> get(
      CollectorServer server, String path, @Nullable String token) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
