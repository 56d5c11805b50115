package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Keycloak;
import whorl.collector.testkit.PackagedCollector;

/** Logins with a real Keycloak: at the page, in Chromium, and with its tokens at the API. */
@Timeout(400)
class KeycloakIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String ACCESS =
      """
      shop-responders:
      - role: responder
        namespaces: [shop]
      bank-viewers:
      - role: viewer
        namespaces: [bank]
      platform-admins:
      - role: admin
      """;

  @TempDir private static Path folder;

  private static Keycloak keycloak;
  private static HttpServer relay;
  private static PackagedCollector collector;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    relay = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    keycloak =
        Keycloak.start("http://127.0.0.1:" + relay.getAddress().getPort() + "/login/backchannel");
    Path access = Files.writeString(folder.resolve("access.yaml"), ACCESS);
    collector =
        new PackagedCollector(
            folder.resolve("collector"),
            384,
            List.of(
                "env",
                "WHORL_OIDC_ISSUER=" + keycloak.issuer(),
                "WHORL_OIDC_CLIENT=" + Keycloak.CLIENT,
                "WHORL_ACCESS=" + access));
    relayTo(collector.url());
    if (Browser.isInstalled()) {
      browser = new Browser(folder);
    } else {
      System.out.println("SKIPPED: no chromium and chromium-driver here; nobody looks at the page");
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !get("/readyz", null).body().contains("log in"));
  }

  /** Keycloak must know where it reports logouts before the collector has its port. */
  private static void relayTo(String url) {
    relay.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          HttpResponse<byte[]> answer =
              sent(
                  HttpRequest.newBuilder(URI.create(url + exchange.getRequestURI()))
                      .header("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"))
                      .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray());
          exchange.sendResponseHeaders(
              answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
          exchange.getResponseBody().write(answer.body());
          exchange.close();
        });
    relay.start();
  }

  private static <T> HttpResponse<T> sent(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    try {
      return HTTP.send(request, handler);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> get(String path, @Nullable String token) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(collector.url() + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return sent(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (collector != null) {
      collector.close();
    }
    if (keycloak != null) {
      keycloak.close();
    }
    relay.stop(0);
  }

  @BeforeEach
  void nobodyIsLoggedIn() {
    if (browser != null) {
      browser.emulate(1280, false);
      // a place below the path of its cookies
      browser.open(keycloak.issuer() + "/.well-known/openid-configuration");
      browser.forgetCookies();
      browser.open(collector.url() + "/healthz");
      browser.forgetCookies();
      browser.script("localStorage.clear()");
      browser.consoleErrors();
    }
  }

  private static void logInAs(String user) {
    browser.find("#username");
    browser.enter("#username", user);
    browser.enter("#password", Keycloak.password(user));
    browser.script("document.querySelector('#kc-login').click()");
  }

  @Test
  void personOfATeam_logsInAtThePage_withTheRoleOfTheGroup_andTheProviderEndsTheSession()
      throws IOException {
    assumeTrue(browser != null, "no chromium and chromium-driver");
    browser.open(collector.url() + "/#/fleet");
    browser.waitFor("Log in with 127.0.0.1");
    for (int width : new int[] {1280, 390}) {
      browser.emulate(width, false);
      browser.screenshot("login-with-provider-" + width);
      assertThat(browser.overhang()).as("at " + width).isLessThanOrEqualTo(0);
      assertThat(browser.accessibilityViolations()).as("at " + width).isEmpty();
    }
    browser.emulate(1280, false);
    browser.script("document.querySelector('#log-in-with').click()");
    logInAs(Keycloak.ALICE);
    browser.waitFor("Alice Example · responder");
    assertThat(browser.currentView()).isEqualTo("#/fleet");
    assertThat(browser.text()).contains("Start a capture");
    assertThat(browser.script("return document.cookie")).as("no script sees it").isEqualTo("");
    assertThat(browser.consoleErrors()).noneMatch(line -> line.contains(collector.url()));

    browser.open(keycloak.issuer() + "/protocol/openid-connect/logout?client_id=whorl");
    browser.find("#kc-logout");
    browser.script("document.querySelector('#kc-logout').click()");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                get("/metrics", null).body().contains("whorl_sessions_ended_by_provider_total 1"));
    browser.open(collector.url() + "/#/alerts");
    browser.waitFor("Log in with 127.0.0.1");
  }

  @Test
  void personWithoutAGroup_isToldWhyAtThePage() throws IOException {
    assumeTrue(browser != null, "no chromium and chromium-driver");
    browser.emulate(390, false);
    browser.open(collector.url() + "/login");
    logInAs(Keycloak.DORA);
    browser.waitFor("You are not logged in");
    assertThat(browser.text()).contains("You are Dora Example");
    browser.screenshot("login-without-access-390");
    assertThat(browser.overhang()).isLessThanOrEqualTo(0);
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void tokensOfKeycloak_workAtTheApi_ifTheyAreOfAPersonAndForThisCollector() throws IOException {
    String alice = keycloak.accessToken(Keycloak.ALICE);
    assertThat(get("/session", alice).body())
        .contains("\"role\":\"responder\"", "\"person\":\"Alice Example\"");
    assertThat(get("/api/v1/agents", alice).statusCode()).isEqualTo(200);
    assertThat(get("/session", keycloak.accessToken(Keycloak.BOB)).body())
        .contains("\"role\":\"viewer\"");
    assertThat(get("/session", keycloak.accessToken(Keycloak.CAROL)).body())
        .contains("\"role\":\"admin\"");
    Object idToken = keycloak.tokens(Keycloak.CAROL, Keycloak.CLIENT).get("id_token");
    assertThat(get("/session", String.valueOf(idToken)).body()).contains("\"role\":\"admin\"");

    assertThat(get("/session", keycloak.accessToken(Keycloak.DORA)).statusCode()).isEqualTo(403);
    Object other = keycloak.tokens(Keycloak.CAROL, Keycloak.OTHER_CLIENT).get("access_token");
    assertRefused(String.valueOf(other), "its audience is");
    assertRefused(keycloak.robotToken(), "was made for the client robot");
    Object refresh = keycloak.tokens(Keycloak.CAROL, Keycloak.CLIENT).get("refresh_token");
    assertRefused(String.valueOf(refresh), "its algorithm HS512");
  }

  private static void assertRefused(String token, String why) throws IOException {
    HttpResponse<String> refused = get("/session", token);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains(why);
  }
}
