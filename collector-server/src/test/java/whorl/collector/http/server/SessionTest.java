package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.http.server.RunningServer.bearer;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins and the rights of a session. */
@Timeout(60)
class SessionTest {
  private static final Pattern COOKIE = Pattern.compile("(?i)set-cookie: (whorl_session=[^;]+)");
  private static final Pattern CSRF = Pattern.compile("\"csrf\":\"([^\"]+)\"");

  private RunningServer server;

  private record LoggedIn(String cookie, String csrf) {
    String header() {
      return "Cookie: " + cookie;
    }

    String csrfHeader() {
      return "X-CSRF-Token: " + csrf;
    }
  }

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    server = new RunningServer(folder, EdgeLimits.STANDARD, RunningServer.noChannel());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String login(String body, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("POST /session HTTP/1.1\r\nHost: x\r\n");
    request.append("Connection: close\r\nContent-Length: ");
    request.append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return server.raw(request + "\r\n" + body);
  }

  private String loginWith(String token, String... headers) throws IOException {
    String[] all = new String[headers.length + 1];
    all[0] = "Content-Type: application/json";
    System.arraycopy(headers, 0, all, 1, headers.length);
    return login("{\"token\":\"" + token + "\"}", all);
  }

  private LoggedIn loggedIn(String token) throws IOException {
    String answer = loginWith(token);
    assertThat(answer).startsWith("HTTP/1.1 200 ");
    return new LoggedIn(first(COOKIE, answer), first(CSRF, answer));
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  @Test
  void login_returnsACookieThatScriptsCannotRead_andNoToken() throws IOException {
    String answer = loginWith(RunningServer.VIEWER);
    assertThat(answer)
        .startsWith("HTTP/1.1 200 ")
        .containsPattern(
            "(?i)set-cookie: whorl_session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict\r\n")
        .containsIgnoringCase("cache-control: no-store")
        .contains("\"role\":\"viewer\"")
        .containsPattern("\"name\":\"viewer-[0-9a-f]{8}\"")
        .doesNotContain(RunningServer.VIEWER);
  }

  @Test
  void login_wrongToken_isRefused_withoutCookieAndEcho() throws IOException {
    assertThat(loginWith("wrong-token-0123456789"))
        .startsWith("HTTP/1.1 401 ")
        .doesNotContainIgnoringCase("set-cookie")
        .doesNotContain("wrong-token");
  }

  @ParameterizedTest
  @ValueSource(strings = {RunningServer.AGENT, RunningServer.ALERT})
  void login_tokenOfAMachineRole_isRefusedWithTheRole(String token) throws IOException {
    assertThat(loginWith(token))
        .startsWith("HTTP/1.1 403 ")
        .contains("is not for people")
        .doesNotContainIgnoringCase("set-cookie");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[]",
        "{\"token\":null}",
        "{\"token\":\"a\",\"more\":1}",
        "{\"token\":{}}",
        "{\"token\":\"secret-secret"
      })
  void login_malformedBody_isRefused_withoutEcho(String body) throws IOException {
    assertThat(login(body, "Content-Type: application/json"))
        .startsWith("HTTP/1.1 400 ")
        .doesNotContain("secret-secret");
  }

  @Test
  void login_longBody_isRefused() throws IOException {
    assertThat(login("{\"token\":\"" + "x".repeat(5000) + "\"}", "Content-Type: application/json"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void login_fromAForeignForm_isRefused() throws IOException {
    String body = "{\"token\":\"" + RunningServer.VIEWER + "\"}";
    assertThat(login(body, "Content-Type: text/plain")).startsWith("HTTP/1.1 415 ");
    assertThat(loginWith(RunningServer.VIEWER, "Origin: http://evil.example"))
        .startsWith("HTTP/1.1 403 ");
  }

  @Test
  void login_afterTooManyFailures_mustWait_exceptWithAValidToken() throws IOException {
    for (int i = 0; i < 10; i++) {
      assertThat(loginWith("wrong-token-0123456789")).startsWith("HTTP/1.1 401 ");
    }
    assertThat(loginWith("wrong-token-0123456789"))
        .startsWith("HTTP/1.1 429 ")
        .containsIgnoringCase("Retry-After: 7\r\n");
    assertThat(loginWith(RunningServer.VIEWER)).startsWith("HTTP/1.1 200 ");

    server.nanos.addAndGet(Duration.ofSeconds(7).toNanos());

    assertThat(loginWith("wrong-token-0123456789")).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void slowLogins_holdNoWorker_andOthersCanLogIn() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        Socket socket = server.connect();
        socket
            .getOutputStream()
            .write(
                ("POST /session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 40\r\n\r\n{")
                    .getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      long began = System.nanoTime();

      assertThat(loginWith(RunningServer.VIEWER)).startsWith("HTTP/1.1 200 ");

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void session_hasTheRightsOfItsToken() throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);
    String byToken = server.request("GET", "/view", bearer(RunningServer.VIEWER));
    String name = byToken.substring(byToken.indexOf("\r\n\r\n"));

    assertThat(server.request("GET", "/view", viewer.header()))
        .startsWith("HTTP/1.1 200 ")
        .endsWith(name);
    assertThat(server.request("GET", "/session", viewer.header()))
        .startsWith("HTTP/1.1 200 ")
        .contains(viewer.csrf());
    assertThat(server.request("GET", "/act", viewer.header()))
        .startsWith("HTTP/1.1 403 ")
        .contains("role responder");
  }

  @Test
  void session_writeWithoutItsCsrfToken_isRefused() throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);
    LoggedIn other = loggedIn(RunningServer.VIEWER);

    assertThat(server.request("POST", "/small", viewer.header())).startsWith("HTTP/1.1 403 ");
    assertThat(server.request("POST", "/small", viewer.header(), other.csrfHeader()))
        .startsWith("HTTP/1.1 403 ")
        .contains("X-CSRF-Token");
    assertThat(server.request("POST", "/small", viewer.header(), viewer.csrfHeader()))
        .startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @CsvSource({
    "Origin: http://evil.example, 403",
    "Origin: http://x.evil.example, 403",
    "Origin: null, 403",
    "Origin: x, 403",
    "Origin: file://x, 403",
    "Origin: http://x:81, 403",
    "Sec-Fetch-Site: cross-site, 403",
    "Sec-Fetch-Site: same-site, 403",
    "Origin: http://x, 200",
    "Origin: http://x:80, 200",
    "Origin: https://X, 200",
    "Sec-Fetch-Site: same-origin, 200",
  })
  void session_fromAForeignOrigin_isRefused(String header, int status) throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);

    assertThat(server.request("POST", "/small", viewer.header(), viewer.csrfHeader(), header))
        .startsWith("HTTP/1.1 " + status + " ");
    assertThat(server.request("GET", "/view", viewer.header(), header))
        .startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void session_onAgentRoutes_isNotAccepted() throws IOException {
    LoggedIn admin = loggedIn(RunningServer.ADMIN);

    assertThat(server.request("PATCH", "/upload", admin.header(), admin.csrfHeader()))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/agent/v1/channel", admin.header(), admin.csrfHeader()))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/agent/open-to-viewers", admin.header()))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/agent/open-to-viewers", bearer(RunningServer.ADMIN)))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void session_inTheQuery_isNotAccepted() throws IOException {
    LoggedIn admin = loggedIn(RunningServer.ADMIN);
    String id = admin.cookie().substring("whorl_session=".length());

    assertThat(server.request("POST", "/hook?token=" + id)).startsWith("HTTP/1.1 401 ");
    assertThat(server.request("POST", "/hook?token=" + id, admin.header(), admin.csrfHeader()))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/view", bearer(id))).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void tokenBesideASession_takesPrecedence() throws IOException {
    LoggedIn admin = loggedIn(RunningServer.ADMIN);

    assertThat(server.request("GET", "/act", admin.header(), bearer(RunningServer.VIEWER)))
        .startsWith("HTTP/1.1 403 ");
    assertThat(server.request("POST", "/small", admin.header(), bearer(RunningServer.VIEWER)))
        .startsWith("HTTP/1.1 200 ");
    assertThat(server.request("GET", "/view", admin.header(), bearer("nobody")))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/session", admin.header(), bearer(RunningServer.VIEWER)))
        .contains("\"role\":\"viewer\"")
        .doesNotContain("csrf");
  }

  @Test
  void session_unusedForAnHour_hasEnded() throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);
    server.nanos.addAndGet(Duration.ofMinutes(59).toNanos());
    assertThat(server.request("GET", "/view", viewer.header())).startsWith("HTTP/1.1 200 ");
    server.nanos.addAndGet(Duration.ofMinutes(60).toNanos());
    assertThat(server.request("GET", "/view", viewer.header()))
        .startsWith("HTTP/1.1 401 ")
        .contains("log in again");
  }

  @Test
  void session_after12Hours_hasEnded_evenIfUsed() throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);
    for (int i = 0; i < 23; i++) {
      server.nanos.addAndGet(Duration.ofMinutes(30).toNanos());
      assertThat(server.request("GET", "/view", viewer.header())).startsWith("HTTP/1.1 200 ");
    }
    server.nanos.addAndGet(Duration.ofMinutes(30).toNanos());
    assertThat(server.request("GET", "/view", viewer.header())).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void logout_endsTheSession_andDeletesTheCookie() throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);

    assertThat(server.request("DELETE", "/session", viewer.header())).startsWith("HTTP/1.1 403 ");
    assertThat(server.request("DELETE", "/session", viewer.header(), viewer.csrfHeader()))
        .startsWith("HTTP/1.1 204 ")
        .containsIgnoringCase("Max-Age=0");
    assertThat(server.request("GET", "/view", viewer.header())).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void secondLogin_endsTheEarlierSession() throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);

    assertThat(loginWith(RunningServer.RESPONDER, viewer.header())).startsWith("HTTP/1.1 200 ");

    assertThat(server.request("GET", "/view", viewer.header())).startsWith("HTTP/1.1 401 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whorl_session=",
        "whorl_session=short",
        "whorl_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "whorl_session=\"",
        ";;;=;=",
        "a=b; whorl_session"
      })
  void cookie_unknown_isUnauthorized(String cookie) throws IOException {
    assertThat(server.request("GET", "/view", "Cookie: " + cookie)).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void cookie_twice_isUnauthorized() throws IOException {
    LoggedIn viewer = loggedIn(RunningServer.VIEWER);

    assertThat(
            server.request("GET", "/view", "Cookie: " + viewer.cookie() + "; whorl_session=tossed"))
        .startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/view", "Cookie: a=b; " + viewer.cookie()))
        .startsWith("HTTP/1.1 200 ");
  }
}
