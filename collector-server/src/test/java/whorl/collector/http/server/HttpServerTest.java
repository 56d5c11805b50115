package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static whorl.collector.http.server.RunningServer.bearer;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.http.auth.LocalSessions;
import whorl.collector.http.auth.Tokens;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;

@Timeout(60)
class HttpServerTest {
  private static final int SOME_REQUESTS = 30;
  private static final Pattern ANSWERED_HEADS =
      Pattern.compile("method=\"HEAD\",route=\"/open\",status=\"200\"} (\\d+)");

  private RunningServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    server = new RunningServer(folder, EdgeLimits.STANDARD, RunningServer.noChannel());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void response_always_hasSecurityHeaders() throws IOException {
    assertThat(server.request("GET", "/open"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .containsIgnoringCase("X-Content-Type-Options: nosniff")
        .containsIgnoringCase("Cache-Control: no-store")
        .containsIgnoringCase("Content-Security-Policy: default-src 'none'")
        .endsWith("open");
    assertThat(server.request("GET", "/nowhere"))
        .containsIgnoringCase("X-Content-Type-Options: nosniff");
  }

  @Test
  void route_literalSegment_takesPrecedence() throws IOException {
    assertThat(server.request("GET", "/open/literal")).endsWith("literal");
    assertThat(server.request("GET", "/open/other%20one")).endsWith("named other one");
    assertThat(server.request("GET", "/rest/1/x/y%C3%A9/z")).contains("1|x/y");
    assertThat(server.request("GET", "/")).endsWith("root");
    assertThat(server.request("GET", "http://x/open")).endsWith("open");
  }

  @Test
  void problem_namesThePath() throws IOException {
    assertThat(server.request("GET", "/nowhere?token=secret-in-query"))
        .startsWith("HTTP/1.1 404 ")
        .contains("application/problem+json")
        .contains("\"type\":\"about:blank\"")
        .contains("\"title\":\"not found\"")
        .contains("\"status\":404")
        .contains("\"detail\":\"no such path")
        .contains("\"instance\":\"/nowhere\"")
        .doesNotContain("secret-in-query");
  }

  @Test
  void wrongMethod_gets405AndAllow() throws IOException {
    assertThat(server.request("DELETE", "/open"))
        .startsWith("HTTP/1.1 405 ")
        .containsIgnoringCase("Allow: GET, HEAD, OPTIONS");
  }

  @Test
  void methodOverride_worksForUploadsOnly() throws IOException {
    String[] patch = {bearer(RunningServer.AGENT), "X-HTTP-Method-Override: PATCH"};
    assertThat(server.request("POST", "/agent/v1/uploads/7", patch)).endsWith("patched");
    assertThat(server.request("POST", "/agent/v1/uploads/7", bearer(RunningServer.AGENT)))
        .startsWith("HTTP/1.1 405 ");
    assertThat(
            server.request(
                "POST",
                "/agent/v1/uploads/7",
                bearer(RunningServer.AGENT),
                "X-HTTP-Method-Override: TRACE"))
        .startsWith("HTTP/1.1 405 ");
    assertThat(server.request("GET", "/open", "X-HTTP-Method-Override: DELETE")).endsWith("open");
  }

  @Test
  void options_worksForEveryRoute_orByItsOwnHandler() throws IOException {
    assertThat(server.request("OPTIONS", "/small"))
        .startsWith("HTTP/1.1 204 ")
        .containsIgnoringCase("Allow: OPTIONS, POST")
        .doesNotContainIgnoringCase("Content-Length");
    assertThat(server.request("OPTIONS", "/own", bearer(RunningServer.AGENT)))
        .endsWith("own options");
  }

  @Test
  void head_answersLikeGetWithoutBody() throws IOException {
    assertThat(server.request("HEAD", "/open"))
        .containsIgnoringCase("Content-Length: 4")
        .endsWith("\r\n\r\n");
    assertThat(server.request("HEAD", "/stream")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    assertThat(server.request("HEAD", "/file"))
        .containsIgnoringCase("Content-Length: 250000")
        .endsWith("\r\n\r\n");
    assertThat(server.request("HEAD", "/own", bearer(RunningServer.AGENT)))
        .containsIgnoringCase("X-Own: 1");
  }

  @Test
  void failingHandler_showsAnIncidentAndNoCause() throws IOException {
    assertThat(server.request("GET", "/boom"))
        .startsWith("HTTP/1.1 500 ")
        .contains("\"incident\":\"")
        .doesNotContain("secret cause", "IllegalState");
  }

  @Test
  void handlerWhoseStoreIsAway_saysWhatIsAway_andWhenToTryAgain() throws IOException {
    assertThat(server.request("GET", "/away"))
        .startsWith("HTTP/1.1 503 ")
        .containsIgnoringCase("Retry-After: 5")
        .contains("the database cannot be used now")
        .doesNotContain("secret cause");
  }

  @Test
  void lineFeedInResponseHeader_splitsNothing() throws IOException {
    assertThat(server.request("GET", "/split"))
        .startsWith("HTTP/1.1 500 ")
        .doesNotContain("Set-Cookie");
  }

  @Test
  void token_missingWrongOrWeak_isRefused() throws IOException {
    assertThat(server.request("GET", "/view"))
        .startsWith("HTTP/1.1 401 ")
        .containsIgnoringCase("WWW-Authenticate: Bearer");
    assertThat(server.request("GET", "/view", bearer("viewer-token-012345678X")))
        .startsWith("HTTP/1.1 401 ")
        .doesNotContain("viewer-token");
    assertThat(server.request("GET", "/view", "Authorization: Basic dmlld2Vy"))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/act", bearer(RunningServer.VIEWER)))
        .startsWith("HTTP/1.1 403 ")
        .contains("role responder", "role viewer");
    assertThat(server.request("GET", "/view", bearer(RunningServer.AGENT)))
        .startsWith("HTTP/1.1 403 ");
  }

  @Test
  void token_valid_givesAPrincipalWithoutTheToken() throws IOException {
    assertThat(server.request("GET", "/view", "authorization: bEARER " + RunningServer.RESPONDER))
        .startsWith("HTTP/1.1 200 ")
        .containsPattern("\r\n\r\nresponder-[0-9a-f]{8}$");
  }

  @Test
  void tokenInQuery_worksOnlyForWebhooksAndRoleAlert() throws IOException {
    String body = "Content-Length: 0";
    assertThat(server.request("POST", "/hook?token=" + RunningServer.ALERT, body))
        .startsWith("HTTP/1.1 200 ")
        .contains("alert-");
    assertThat(server.request("POST", "/hook?token=" + RunningServer.RESPONDER, body))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/view?token=" + RunningServer.VIEWER))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/query?q=a%20b;c&token=t")).endsWith("a b;cnull");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/open/../small",
        "/open/%2e%2e/small",
        "/open/.",
        "/open/a%2fb",
        "/open/a%5Cb",
        "/open/a\\b",
        "/open/a%00b",
        "/open/%0aX",
        "/open/%zz",
        "/open/%4",
        "/open/%c3%28",
        "/open//literal",
        "/open/",
        "//open",
        "open",
        "*",
        "/open#x",
        "/query?q=%zz"
      })
  void path_ambiguous_isRefused(String target) throws IOException {
    assertThat(server.request("GET", target)).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET /open HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET /open HTTP/1.1\r\n\r\n",
        "GET /open HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /open HTTP/1.1\r\nHost: x\r\nNo Colon\r\n\r\n",
        "GET /open HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n",
        "GET /open HTTP/1.1\nHost: x\n\n",
        "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
        "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET /open HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n",
      })
  void request_malformed_isRefused_andClosesTheConnection(String request) throws IOException {
    assertThat(server.raw(request)).matches("(?s)HTTP/1\\.1 (400|417|501|505) .*problem\\+json.*");
  }

  /** A thousand connections with thousands of headers each would fill the memory. */
  @Test
  void veryManyHeaders_areRefused() throws IOException {
    String[] few = Collections.nCopies(100, "a: b").toArray(String[]::new);
    String[] many =
        Collections.nCopies(StrictRequestDecoder.HEADERS_MAX, "a:").toArray(String[]::new);

    assertThat(server.request("GET", "/open", few)).startsWith("HTTP/1.1 200 ");
    assertThat(server.request("GET", "/open", many)).startsWith("HTTP/1.1 431 ");
  }

  /** Else anybody can use up the memory for good: no response follows that frees it. */
  @Test
  void bodiesThatAreBrokenOff_leaveNoMemory() throws Exception {
    String login = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx";
    String upload =
        "PATCH /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
            + bearer(RunningServer.AGENT)
            + "\r\n\r\n"
            + "x".repeat(20_000);
    String upgrade =
        "GET /agent/v1/channel HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + bearer(RunningServer.AGENT)
            + "\r\n\r\n";
    breakOff(login, 500);
    breakOff(upload, 100);
    breakOff(upgrade + upload, 100);
    long before = usedMemory();

    breakOff(login, 4_000); // 8 KiB each
    breakOff(upload, 400); // 128 KiB each
    breakOff(upgrade + upload, 400); // 20 KB each, or more
    await().untilAsserted(() -> assertThat(usedMemory() - before).isLessThan(16 << 20));
  }

  private void breakOff(String request, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (Socket socket = server.connect()) {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      }
    }
    await().until(() -> server.metrics.text().contains("whorl_http_connections 0"));
  }

  private static long usedMemory() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  @Test
  void request_tooLongInAnyPart_isRefused() throws IOException {
    assertThat(server.request("GET", "/" + "a".repeat(9000))).startsWith("HTTP/1.1 414 ");
    assertThat(server.request("GET", "/open", "X-Long: " + "a".repeat(20_000)))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void body_declaredTooLarge_isRefusedBeforeItIsSent() throws IOException {
    String head =
        "POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n"
            + bearer(RunningServer.VIEWER)
            + "\r\n\r\n";
    assertThat(server.raw(head)).startsWith("HTTP/1.1 413 ").contains("at most 1000 bytes");
  }

  @Test
  void body_chunkedTooLarge_isRefusedAtTheLimit() throws IOException {
    String request =
        "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
            + bearer(RunningServer.VIEWER)
            + "\r\n\r\n"
            + ("1f4\r\n" + "a".repeat(500) + "\r\n").repeat(3)
            + "0\r\n\r\n";
    assertThat(server.raw(request)).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void body_withMalformedChunks_isRefused() throws IOException {
    String request =
        "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            + bearer(RunningServer.VIEWER)
            + "\r\n\r\n5\r\nhello\r\nzz\r\n";
    assertThat(server.raw(request)).startsWith("HTTP/1.1 400 ");
  }

  @Test
  @Timeout(20)
  void body_withMalformedChunks_whereNoTokenIsNeeded_isRefusedAtOnce() throws IOException {
    String request =
        "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n";
    assertThat(server.raw(request)).startsWith("HTTP/1.1 400 ").contains("bad chunk");
  }

  @Test
  void body_largeAndUnread_doesNotBlockTheResponse() throws IOException {
    try (Socket socket = server.connect()) {
      String head =
          "PATCH /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n"
              + bearer(RunningServer.AGENT)
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(new byte[1_000_000]);
      assertThat(RunningServer.readAll(socket)).startsWith("HTTP/1.1 507 ").contains("disk full");
    }
  }

  @Test
  void body_withExpectContinue_isRequestedWhenTheHandlerReads() throws IOException {
    try (Socket socket = server.connect()) {
      String head =
          "POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
              + "Connection: close\r\n"
              + bearer(RunningServer.VIEWER)
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      byte[] first = socket.getInputStream().readNBytes(25);
      assertThat(new String(first, StandardCharsets.ISO_8859_1))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.ISO_8859_1));
      assertThat(RunningServer.readAll(socket)).startsWith("HTTP/1.1 200 OK").endsWith("hello");
    }
  }

  @Test
  void upload_ofManyMegabytes_arrivesCompletely() throws Exception {
    byte[] body = new byte[20 << 20];
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/upload"))
            .header("Authorization", "Bearer " + RunningServer.AGENT)
            .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("" + body.length);
  }

  @Test
  void requests_pipelined_areAnsweredInOrder() throws IOException {
    String one = "GET /open/1 HTTP/1.1\r\nHost: x\r\n\r\n";
    String two =
        "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
            + bearer(RunningServer.VIEWER)
            + "\r\n\r\ntwo";
    String wrong = "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n";
    String last = "GET /open/3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assertThat(server.raw(one + two + wrong + last))
        .containsSubsequence("named 1", "two", "not found", "named 3");
  }

  @Test
  void requests_pipelinedByTheHundred_closeTheConnection() throws IOException {
    String blocked =
        "GET /view/wait HTTP/1.1\r\nHost: x\r\n" + bearer(RunningServer.VIEWER) + "\r\n\r\n";
    String flood = "GET /open HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200);
    assertThat(server.raw(blocked + flood)).isEmpty();
    assertThat(server.metrics.text()).contains("whorl_http_closed_total{reason=\"pipelining\"} 1");
  }

  @Test
  void connection_staysOpenForTheNextRequest_evenAfterAProblem() throws IOException {
    try (Socket socket = server.connect()) {
      for (String path : List.of("/open", "/nowhere", "/open")) {
        String request = request("GET " + path);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(head(socket)).doesNotContainIgnoringCase("Connection: close");
      }
    }
  }

  @Test
  void fileSlice_isSentExactly() throws Exception {
    HttpResponse<byte[]> response = get("/file");
    byte[] whole = RunningServer.pattern(300_000);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(whole, 1000, 251_000));
  }

  @Test
  void fileSlice_beyondFourGibibytes_isSentExactly() throws Exception {
    byte[] end = get("/file/huge").body();
    assertThat(end).hasSize(100_000).endsWith('e', 'n', 'd');
  }

  @Test
  void stream_isChunkedAndComplete() throws Exception {
    HttpResponse<byte[]> response = get("/stream/small");
    assertThat(response.headers().firstValue("transfer-encoding")).contains("chunked");
    assertThat(response.body()).hasSize(100_000);
  }

  @Test
  void stream_toAnHttp10Client_endsWithTheConnection() throws IOException {
    String answer = server.raw("GET /stream/small HTTP/1.0\r\n\r\n");
    assertThat(answer).doesNotContainIgnoringCase("Transfer-Encoding");
    assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(100_000);
  }

  @Test
  void stream_thatFails_givesAProblemOrABrokenConnection() throws Exception {
    assertThat(get("/stream/refused").statusCode()).isEqualTo(409);
    assertThatThrownBy(() -> get("/stream/broken")).isInstanceOf(IOException.class);
  }

  @Test
  void openRoutes_respondWhileOthersAreBlocked() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest blocked =
        HttpRequest.newBuilder(server.uri("/view/wait"))
            .header("Authorization", "Bearer " + RunningServer.VIEWER)
            .build();
    var waiting =
        java.util.stream.IntStream.range(0, 60)
            .mapToObj(i -> client.sendAsync(blocked, HttpResponse.BodyHandlers.ofString()))
            .toList();
    assertThat(get("/open").statusCode()).isEqualTo(200);
    HttpRequest other =
        HttpRequest.newBuilder(server.uri("/act"))
            .header("Authorization", "Bearer " + RunningServer.RESPONDER)
            .build();
    assertThat(client.send(other, HttpResponse.BodyHandlers.ofString()).statusCode())
        .as("a different client from the blocked one")
        .isEqualTo(200);
    server.release.countDown();
    for (var each : waiting) {
      assertThat(each.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void connections_beyondTheLimit_areClosedImmediately(@TempDir Path folder) throws IOException {
    EdgeLimits few = RunningServer.maxConnections(2);
    try (RunningServer small = new RunningServer(folder, few, RunningServer.noChannel());
        Socket one = small.connect();
        Socket two = small.connect()) {
      String wait =
          "GET /view/wait HTTP/1.1\r\nHost: x\r\n" + bearer(RunningServer.VIEWER) + "\r\n\r\n";
      for (Socket socket : List.of(one, two)) {
        socket.getOutputStream().write(wait.getBytes(StandardCharsets.US_ASCII));
      }
      await().until(() -> small.metrics.text().contains("whorl_http_requests_under_way 2"));
      try (Socket three = small.connect()) {
        assertThat(RunningServer.readAll(three)).isEmpty();
      }
      assertThat(small.metrics.text()).contains("reason=\"too-many-connections\"} 1");
      small.release.countDown();
      assertThat(head(one)).startsWith("HTTP/1.1 200 ");
      assertThat(head(two)).startsWith("HTTP/1.1 200 ");
    }
  }

  /** Else anybody who reaches the port keeps everybody out, without a token. */
  @Test
  void connectionsBeyondTheLimit_takeThePlacesOfThoseThatAreIdleLongest(@TempDir Path folder)
      throws IOException {
    EdgeLimits few = RunningServer.maxConnections(2);
    try (RunningServer small = new RunningServer(folder, few, RunningServer.noChannel());
        Socket silent = small.connect()) {
      await().until(() -> small.metrics.text().contains("whorl_http_connections 1"));
      try (Socket idle = small.connect()) {
        idle.getOutputStream().write(request("GET /open").getBytes(StandardCharsets.US_ASCII));
        assertThat(head(idle)).startsWith("HTTP/1.1 200 ");

        assertThat(small.request("GET", "/open")).startsWith("HTTP/1.1 200 ");
        assertThat(RunningServer.readAll(silent)).isEmpty();
        assertThat(small.metrics.text()).contains("reason=\"too-many-connections\"} 1");
        idle.getOutputStream().write(request("GET /open").getBytes(StandardCharsets.US_ASCII));
        assertThat(head(idle)).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  /** Their answers have no bodies, so they take no memory, and yet a connection. */
  @Test
  void requestsForHeads_whoseAnswersAreNotRead_giveWayToNewConnections(@TempDir Path folder)
      throws Exception {
    EdgeLimits few = RunningServer.maxConnections(2);
    try (RunningServer small = new RunningServer(folder, few, RunningServer.noChannel());
        Socket one = small.connect();
        Socket two = small.connect()) {
      sendUntilNobodyReads(small, one);
      sendUntilNobodyReads(small, two);

      assertThat(small.request("GET", "/open")).startsWith("HTTP/1.1 200 ");
    }
  }

  /** Sends some requests at a time, because a connection with very many would be closed. */
  private static void sendUntilNobodyReads(RunningServer server, Socket socket) throws Exception {
    byte[] some = request("HEAD /open").repeat(SOME_REQUESTS).getBytes(StandardCharsets.US_ASCII);
    long sent = answeredHeads(server);
    long deadline;
    do {
      socket.getOutputStream().write(some);
      sent += SOME_REQUESTS;
      deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      while (answeredHeads(server) < sent && System.nanoTime() < deadline) {
        Thread.sleep(1);
      }
    } while (System.nanoTime() < deadline);
    assertThat(answeredHeads(server)).as("some were answered, and not all").isBetween(1L, sent - 1);
  }

  private static long answeredHeads(RunningServer server) {
    Matcher answered = ANSWERED_HEADS.matcher(server.metrics.text());
    return answered.find() ? Long.parseLong(answered.group(1)) : 0;
  }

  @Test
  void metrics_countByTemplate_notByPath() throws IOException {
    server.request("GET", "/open/abc");
    server.request("GET", "/made-up-path");
    server.request("MADEUP", "/made-up-path");
    assertThat(server.metrics.text())
        .contains("method=\"GET\",route=\"/open/{name}\",status=\"200\"} 1")
        .contains("method=\"-\",route=\"-\",status=\"404\"} 2")
        .doesNotContain("abc", "made-up", "MADEUP");
  }

  @Test
  void start_onAPortInUse_namesTheProblem(@TempDir Path folder) throws IOException {
    InetSocketAddress taken = server.server.address();
    Tokens tokens = Tokens.make(folder.resolve("tokens"), new SecureRandom()).tokens();
    HttpServer.Served served =
        new HttpServer.Served(
            List.of(),
            RunningServer.noChannel(),
            tokens,
            new LocalSessions(System::nanoTime, new SecureRandom()));
    assertThatThrownBy(
            () -> HttpServer.start(taken, null, served, EdgeLimits.STANDARD, new Metrics()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on")
        .hasMessageContaining("--listen");
  }

  @Test
  void routes_duplicate_areRefused() {
    Route route = Route.open("GET", "/a/{b}", request -> Response.empty(200));
    Route same = Route.open("GET", "/a/{c}", request -> Response.empty(200));
    assertThatThrownBy(() -> new Router(List.of(route, same)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("/a/{c}");
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(server.uri(path)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String request(String methodAndPath) {
    return methodAndPath + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  /** Reads one response with its body and returns its head. */
  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    var length = java.util.regex.Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
    assertThat(length.find()).isTrue();
    socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
    return head.toString();
  }
}
