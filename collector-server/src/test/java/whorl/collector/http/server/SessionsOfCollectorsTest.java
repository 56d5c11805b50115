package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.http.server.RunningServer.bearer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.collector.http.auth.LoginLimit;
import whorl.collector.http.auth.SharedLoginLimit;
import whorl.collector.http.auth.SharedSessions;
import whorl.collector.store.access.SessionLedger;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LoginLedger;
import whorl.collector.testkit.CountingDatabase;
import whorl.collector.testkit.EachEngine;

/** The page at two collectors that share their records. */
@Timeout(60)
class SessionsOfCollectorsTest extends EachEngine {
  private static final Pattern COOKIE = Pattern.compile("(?i)set-cookie: (whorl_session=[^;]+)");
  private static final Pattern CSRF = Pattern.compile("\"csrf\":\"([^\"]+)\"");

  private CountingDatabase records;
  private RunningServer here;
  private RunningServer there;

  @BeforeEach
  void start() throws IOException {
    records = new CountingDatabase(other);
    here = server("here", one);
    there = server("there", records);
  }

  private RunningServer server(String name, Database database) throws IOException {
    Path files = Files.createDirectory(folder.resolve(name));
    return new RunningServer(
        files,
        new SharedSessions(
            new SessionLedger(database, ledgerTime, SharedSessions.LIMITS), new SecureRandom()),
        new SharedLoginLimit(
            new LoginLedger(database, ledgerTime, LoginLimit.BURST, LoginLimit.PERIOD)));
  }

  @AfterEach
  void stop() {
    here.close();
    there.close();
  }

  private static String login(RunningServer server, String token) throws IOException {
    String body = "{\"token\":\"" + token + "\"}";
    return send(
        server,
        "POST /session",
        "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n",
        body);
  }

  private static String send(RunningServer server, String line, String headers, String body)
      throws IOException {
    return server.raw(
        line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n" + body);
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  @Test
  void loginAtOne_isValidAtTheOther_untilTheLogout() throws IOException {
    String answer = login(here, RunningServer.VIEWER);
    String cookie = "Cookie: " + first(COOKIE, answer) + "\r\n";
    String csrf = first(CSRF, answer);

    assertThat(send(there, "GET /view", cookie, "")).startsWith("HTTP/1.1 200 ");
    assertThat(send(there, "GET /session", cookie, "")).contains("\"csrf\":\"" + csrf + "\"");
    assertThat(send(there, "GET /act", cookie, "")).startsWith("HTTP/1.1 403 ");
    assertThat(send(there, "DELETE /session", cookie, "")).startsWith("HTTP/1.1 403 ");

    assertThat(send(there, "DELETE /session", cookie + "X-CSRF-Token: " + csrf + "\r\n", ""))
        .startsWith("HTTP/1.1 204 ");

    assertThat(send(here, "GET /view", cookie, "")).startsWith("HTTP/1.1 401 ");
    assertThat(send(there, "GET /view", cookie, "")).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void failedLogins_countAtBoth() throws IOException {
    for (int i = 0; i < 10; i++) {
      assertThat(login(i % 2 == 0 ? here : there, "wrong-token-0123456789"))
          .startsWith("HTTP/1.1 401 ");
    }

    assertThat(login(here, "wrong-token-0123456789")).startsWith("HTTP/1.1 429 ");
    assertThat(login(there, "wrong-token-0123456789")).startsWith("HTTP/1.1 429 ");
    assertThat(login(there, RunningServer.VIEWER)).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void databaseAway_isSaid_andTokensStillWork() throws IOException {
    String cookie = "Cookie: " + first(COOKIE, login(here, RunningServer.VIEWER)) + "\r\n";
    records.failWith("the database is away");

    assertThat(send(there, "GET /view", cookie, ""))
        .startsWith("HTTP/1.1 503 ")
        .containsIgnoringCase("retry-after: 5")
        .contains("the database with the sessions cannot be asked now");
    assertThat(login(there, RunningServer.VIEWER))
        .startsWith("HTTP/1.1 503 ")
        .contains("the database with the sessions cannot be asked now");
    assertThat(login(there, "wrong-token-0123456789")).startsWith("HTTP/1.1 503 ");
    assertThat(send(there, "GET /view", bearer(RunningServer.VIEWER) + "\r\n", ""))
        .startsWith("HTTP/1.1 200 ");

    records.failWith(null);
    assertThat(send(there, "GET /view", cookie, "")).startsWith("HTTP/1.1 200 ");
  }
}
