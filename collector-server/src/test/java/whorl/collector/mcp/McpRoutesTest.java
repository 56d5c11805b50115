package whorl.collector.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;

@Timeout(60)
class McpRoutesTest {
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":"
          + "{\"name\":\"alerts_list\",\"arguments\":{\"service\":\"shop\"}}}";

  private FakeClient client(Route... routes) {
    return client(Role.VIEWER, routes);
  }

  private static FakeClient client(Role role, Route... routes) {
    return new FakeClient(
        new McpRoutes(List.of(routes), () -> new McpMessages("1.0", CallListener.NONE)).routes(),
        role);
  }

  private static Route alerts() {
    return Route.of(
        "GET",
        "/api/v1/alerts",
        Role.VIEWER,
        request ->
            Response.json(
                200,
                Map.of(
                    "alerts",
                    List.of(
                        Map.of(
                            "service", String.valueOf(request.query("service")),
                            "by", request.principal().name(),
                            "from", request.remoteAddress(),
                            "header", String.valueOf(request.header("Origin")))))));
  }

  private static Answer post(FakeClient client, String body, String... headers) {
    Map<String, String> all = new HashMap<>();
    all.put("Content-Type", "application/json; charset=utf-8");
    all.put("Authorization", "Bearer token-0123456789");
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    all.values().removeIf(String::isEmpty);
    return client.call("POST", "/mcp", all, body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tool_asksTheRouteItself_asTheCaller() {
    Answer answer = post(client(alerts()), CALL);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json().at("/result/structuredContent/data/alerts/0").toString())
        .contains("shop", "viewer-01234567", "127.0.0.1");
  }

  @Test
  void page_isRefused_whateverItsAddress() {
    for (String origin : List.of("http://127.0.0.1:7117", "https://evil.example", "null")) {
      Answer answer = post(client(alerts()), CALL, "Origin", origin, "Host", "127.0.0.1:7117");
      assertThat(answer.status()).as(origin).isEqualTo(403);
      assertThat(answer.text()).contains("foreign origin");
    }
    assertThat(post(client(alerts()), CALL, "Sec-Fetch-Site", "cross-site").status())
        .isEqualTo(403);
    assertThat(post(client(alerts()), CALL, "Sec-Fetch-Site", "same-origin").status())
        .isEqualTo(403);
  }

  @Test
  void sessionOfThePage_isNotEnough() {
    Answer answer = post(client(alerts()), CALL, "Authorization", "", "Cookie", "whorl_session=x");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text()).contains("Bearer");
  }

  @Test
  void otherMediaType_isRefused() {
    for (String type : List.of("text/plain", "", "application/x-www-form-urlencoded")) {
      assertThat(post(client(alerts()), CALL, "Content-Type", type).status()).isEqualTo(415);
    }
  }

  @Test
  void notification_isAcceptedWithoutABody() {
    Answer answer =
        post(client(), "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void garbage_is400_withAnErrorOfJsonRpc() {
    Answer answer = post(client(), "garbage");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/code").asInt()).isEqualTo(-32700);
  }

  @Test
  void problemOfTheRoute_isAnErrorOfTheTool() {
    Route busy =
        Route.of(
            "GET",
            "/api/v1/alerts",
            Role.VIEWER,
            request -> {
              throw new ProblemException(
                  429, "too many requests", "ask less often", Map.of("Retry-After", "7"));
            });

    Answer answer = post(client(busy), CALL);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/result/isError").asBoolean()).isTrue();
    assertThat(answer.json().at("/result/content/1/text").asText())
        .isEqualTo("too many requests: ask less often; try again in 7 s");
  }

  @Test
  void routeThatNeedsAHigherRole_isRefused() {
    Route higher =
        Route.of("GET", "/api/v1/alerts", Role.ADMIN, request -> Response.json(200, Map.of()));

    Answer answer = post(client(higher), CALL);

    assertThat(answer.json().at("/result/isError").asBoolean()).isTrue();
    assertThat(answer.json().at("/result/content/1/text").asText()).contains("role admin");
    assertThat(post(client(Role.ADMIN, higher), CALL).json().at("/result/isError").asBoolean(true))
        .isFalse();
  }

  @Test
  void tooLongAnswer_isRefused_inBoundedMemory() {
    Route endless =
        Route.of(
            "GET",
            "/api/v1/alerts",
            Role.VIEWER,
            request ->
                new Response(
                    200,
                    Map.of(),
                    new Response.Body.Streamed(
                        out -> {
                          byte[] block = new byte[1 << 20];
                          while (true) {
                            out.write(block);
                          }
                        })));

    Answer answer = post(client(endless), CALL);

    assertThat(answer.json().at("/result/content/1/text").asText())
        .contains("longer than 16 MiB", "lower limit");
  }

  @Test
  void tooManyCallsAtOnce_areRefused_ofOnePersonAndOfAll() throws Exception {
    CountDownLatch entered = new CountDownLatch(8);
    CountDownLatch leave = new CountDownLatch(1);
    Route slow =
        Route.of(
            "GET",
            "/api/v1/alerts",
            Role.VIEWER,
            request -> {
              entered.countDown();
              try {
                leave.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return Response.json(200, Map.of("alerts", List.of()));
            });
    FakeClient client = client(slow);
    List<FakeClient> people = new ArrayList<>();
    for (String name : List.of("alice", "alice (token 01234567)", "bob", "bob (token 89abcdef)")) {
      people.add(client.as(new Principal(Role.VIEWER, name)));
    }
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<Answer>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        FakeClient alice = people.get(i % 2);
        running.add(pool.submit(() -> post(alice, CALL)));
      }
      await().until(() -> entered.getCount() == 4);
      Answer fifth = post(people.get(1), CALL);
      assertThat(fifth.status()).isEqualTo(429);
      assertThat(fifth.text()).contains("4 of your calls");
      for (int i = 0; i < 4; i++) {
        FakeClient bob = people.get(2 + i % 2);
        running.add(pool.submit(() -> post(bob, CALL)));
      }
      entered.await();

      Answer refused = post(client, CALL);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      leave.countDown();
      for (Future<Answer> each : running) {
        assertThat(each.get().status()).isEqualTo(200);
      }
      assertThat(post(client, CALL).status()).isEqualTo(200);
    } finally {
      leave.countDown();
      pool.shutdownNow();
    }
  }
}
