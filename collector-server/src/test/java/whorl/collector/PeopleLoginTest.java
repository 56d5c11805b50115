package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.PeopleLogin;
import whorl.collector.testkit.FakeProvider;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestIssuer;
import whorl.evidence.Json;

/** Logins of people at a whole collector, with a provider that a test speaks for. */
class PeopleLoginTest {
  private static final String ACCESS =
      """
      viewers:
      - role: viewer
        namespaces: [shop]
      responders:
      - role: responder
      admins:
      - role: admin
      """;
  private static final String LATER = "viewers:\n- role: admin\n";
  private static final String TOKEN = "viewer-token-0123456789";

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  @TempDir private Path root;
  private FakeProvider provider;
  private CollectorServer server;

  @BeforeEach
  void start() throws IOException {
    provider = FakeProvider.start();
    Files.writeString(root.resolve("tokens"), "viewer " + TOKEN + "\n");
    Files.writeString(root.resolve("access.yaml"), ACCESS);
    server = collector();
    await().atMost(Duration.ofSeconds(20)).until(() -> get("/login", null).statusCode() == 303);
  }

  private CollectorServer collector() throws IOException {
    return CollectorServer.start(
        TestConfig.in(root.resolve("data"))
            .tokens(root.resolve("tokens"))
            .people(
                new PeopleLogin(
                    provider.url(),
                    FakeProvider.CLIENT,
                    null,
                    null,
                    List.of("openid", "profile"),
                    "groups",
                    FakeProvider.CLIENT,
                    null,
                    null,
                    root.resolve("access.yaml")))
            .config(),
        Wiring::open,
        message -> {});
  }

  @AfterEach
  void stop() {
    server.stop();
    provider.close();
  }

  private HttpResponse<String> get(String path, @Nullable String cookie, String... headers)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : server.url() + path));
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(request);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String location(HttpResponse<String> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  /** The cookie's name and value. */
  private static String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
  }

  /** A login that has come back from the provider. */
  private record Back(String cookie, String address) {}

  private Back atProvider(String returnTo, String subject, String... groups) throws IOException {
    HttpResponse<String> start =
        get("/login?return=" + URLEncoder.encode(returnTo, StandardCharsets.UTF_8), null);
    assertThat(start.statusCode()).isEqualTo(303);
    return new Back(cookie(start), provider.authorize(location(start), subject, groups).toString());
  }

  /** Logs in; the session's cookie. */
  private String logIn(String subject, String... groups) throws IOException {
    Back back = atProvider("/", subject, groups);
    HttpResponse<String> done = get(back.address(), back.cookie());
    assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
    return cookie(done);
  }

  private JsonNode session(String cookie) throws IOException {
    HttpResponse<String> response = get("/session", cookie);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.MAPPER.readTree(response.body());
  }

  private String metric(String line) throws IOException {
    return get("/metrics", null)
        .body()
        .lines()
        .filter(each -> each.startsWith(line + " "))
        .map(each -> each.substring(line.length() + 1))
        .findFirst()
        .orElse("none");
  }

  @Test
  void login_leadsToThePlace_andOpensASessionOfThePerson() throws IOException {
    HttpResponse<String> start = get("/login?return=%2F%23%2Falerts%2F7", null);
    assertThat(location(start))
        .startsWith(provider.url() + "/authorize?")
        .contains(
            "response_type=code",
            "client_id=" + FakeProvider.CLIENT,
            "code_challenge_method=S256",
            "scope=openid+profile",
            "state=",
            "nonce=");
    assertThat(start.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("; HttpOnly; SameSite=Lax", "Max-Age=600");
    String back = provider.authorize(location(start), "1a", "viewers", "others").toString();

    HttpResponse<String> done = get(back, cookie(start));
    assertThat(location(done)).isEqualTo("/#/alerts/7");
    assertThat(done.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("whorl_session=", "; HttpOnly; SameSite=Strict");
    assertThat(done.headers().firstValue("Cache-Control")).contains("no-store");

    JsonNode user = session(cookie(done));
    assertThat(user.path("role").asText()).isEqualTo("viewer");
    assertThat(user.path("name").asText()).isEqualTo("oidc:user-1a#1a");
    assertThat(user.path("person").asText()).isEqualTo("Person 1a");
    assertThat(user.path("access").toString())
        .isEqualTo("[{\"role\":\"viewer\",\"namespaces\":[\"shop\"]}]");
    assertThat(get("/api/v1/agents", cookie(done)).statusCode()).isEqualTo(200);
    assertThat(metric("whorl_login_total{result=\"done\"}")).startsWith("1");
    assertThat(session(logIn("2b", "responders")).has("access")).isFalse();
  }

  @Test
  void answerToALogin_worksOnce_andOnlyInItsBrowser() throws IOException {
    Back back = atProvider("/", "1a", "viewers");
    int exchanges = provider.exchanges.get();
    HttpResponse<String> elsewhere = get(back.address(), null);
    assertThat(elsewhere.statusCode()).isEqualTo(400);
    assertThat(elsewhere.body()).contains("not the answer to a login that this browser began");
    Back other = atProvider("/", "2b", "admins");
    assertThat(get(back.address(), other.cookie()).statusCode()).isEqualTo(400);
    assertThat(get(back.address().replace("state=", "state=x"), back.cookie()).statusCode())
        .isEqualTo(400);
    assertThat(provider.exchanges).as("no code was sent").hasValue(exchanges);

    assertThat(get(back.address(), back.cookie()).statusCode()).isEqualTo(303);
    HttpResponse<String> again = get(back.address(), back.cookie());
    assertThat(again.statusCode()).isEqualTo(400);
    assertThat(again.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void placeOfAnotherSite_isNotLedTo() throws IOException {
    for (String place :
        List.of(
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/#/\\evil",
            "/#/a b",
            "/%2F/evil",
            "/@evil",
            "javascript:alert(1)",
            "/#/\r\nSet-Cookie: x=y")) {
      Back back = atProvider(place, "1a", "viewers");
      assertThat(location(get(back.address(), back.cookie()))).as(place).isEqualTo("/");
    }
  }

  @Test
  void personWithoutAccess_isToldWhy_andTextOfTheProviderIsShownAsText() throws IOException {
    Back back = atProvider("/", "1a", "<script>alert(1)</script>");
    HttpResponse<String> refused = get(back.address(), back.cookie());
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body())
        .contains("none of your groups may do anything here", "&lt;script&gt;")
        .doesNotContain("<script>");
    assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();

    Back lines = atProvider("/", "1a", "x\n2026-12-01 oidc:root#1 logged in\u001b[31m");
    assertThat(get(lines.address(), lines.cookie()).body())
        .as("the log gets it too, where a line break would make up a line")
        .contains("here: x_2026-12-01 oidc:root#1 logged in_[31m");

    Back denied = atProvider("/", "1a", "viewers");
    String state = denied.address().substring(denied.address().indexOf("state="));
    HttpResponse<String> turned =
        get("/login/callback?error=access_denied&" + state, denied.cookie());
    assertThat(turned.statusCode()).isEqualTo(403);
    assertThat(turned.body()).contains("You turned back at the identity provider");
    HttpResponse<String> unknown =
        get("/login/callback?error=%3Cb%3E&error_description=%3Ci%3E&" + state, denied.cookie());
    assertThat(unknown.body()).contains("refused the login: &lt;b&gt; (&lt;i&gt;)");
  }

  @Test
  void idTokenThatIsNotOfThisLogin_isRefused() throws IOException {
    provider.changed = claims -> claims.claim("nonce", "another");
    Back back = atProvider("/", "1a", "admins");
    HttpResponse<String> refused = get(back.address(), back.cookie());
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("not the answer to this login (nonce)");

    provider.changed = claims -> claims;
    Back mixed = atProvider("/", "1a", "admins");
    HttpResponse<String> mixedUp =
        get(mixed.address() + "&iss=https%3A%2F%2Fevil.example", mixed.cookie());
    assertThat(mixedUp.statusCode()).isEqualTo(400);
    assertThat(mixedUp.body()).contains("Another provider answered");
  }

  @Test
  void failedLogins_areLimited() throws IOException {
    HttpResponse<String> last = null;
    for (int i = 0; i < 11; i++) {
      last = get("/login/callback?state=s&code=c", null);
    }
    assertThat(last.statusCode()).isEqualTo(429);
    assertThat(last.body()).contains("oo many");
    assertThat(logIn("1a", "viewers")).as("one that works is not counted").isNotEmpty();
  }

  @Test
  void changedAccessFile_appliesToOpenSessions_andAWrongOneDoesNot() throws IOException {
    String viewer = logIn("1a", "viewers");
    String admin = logIn("2b", "admins");
    replaceAccess("viewers:\n- role: emperor\n");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get("/readyz", null).body().contains("line 2: role 'emperor'"));
    assertThat(get("/readyz", null).statusCode()).isEqualTo(200);
    assertThat(session(viewer).path("role").asText()).isEqualTo("viewer");

    replaceAccess(LATER);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> session(viewer).path("role").asText().equals("admin"));
    HttpResponse<String> nothing = get("/session", admin);
    assertThat(nothing.statusCode()).isEqualTo(403);
    assertThat(nothing.body()).contains("none of your groups may do anything here: admins");
    assertThat(get("/readyz", null).body()).doesNotContain("emperor");
  }

  private void replaceAccess(String text) throws IOException {
    Path next = Files.writeString(root.resolve("next"), text);
    Files.move(next, root.resolve("access.yaml"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void tokenOfThePerson_worksAtTheApi_withTheRoleOfItsGroups() throws IOException {
    assertThat(bearer("/api/v1/agents", provider.token("1a", "viewers")).statusCode())
        .isEqualTo(200);
    assertThat(bearer("/api/v1/retention", provider.token("1a", "admins")).statusCode())
        .isEqualTo(200);
    HttpResponse<String> less =
        post("/api/v1/captures", provider.token("1a", "viewers"), "application/json", "{}");
    assertThat(less.statusCode()).isEqualTo(403);
    assertThat(less.body()).contains("this needs the role responder; your groups give you viewer");
    assertThat(
            post("/api/v1/captures", provider.token("1a", "responders"), "application/json", "{}")
                .statusCode())
        .isEqualTo(400);
    assertThat(bearer("/api/v1/agents", provider.token("1a", "strangers")).statusCode())
        .isEqualTo(403);
    assertThat(bearer("/session", provider.token("1a", "viewers")).body())
        .contains("oidc:user-1a#1a");

    HttpResponse<String> other =
        bearer(
            "/api/v1/agents",
            TestIssuer.signed(
                provider.claims("1a", Instant.now(), List.of("admins")).audience("other").build(),
                provider.key("k1")));
    assertThat(other.statusCode()).isEqualTo(401);
    assertThat(other.body()).contains("this token is refused: its audience is other");
    assertThat(other.headers().firstValue("WWW-Authenticate").orElseThrow())
        .contains("error=\"invalid_token\"");
    assertThat(metric("whorl_person_token_refused_total{reason=\"audience\"}")).startsWith("1");
  }

  @Test
  void tokenOfAPerson_isNoAgents_andAnAgentsIsNoPersons() throws IOException {
    HttpResponse<String> upload =
        post("/agent/v1/uploads", provider.token("1a", "admins"), "application/json", "");
    assertThat(upload.statusCode()).isEqualTo(401);
    try (TestIssuer cluster = TestIssuer.start()) {
      assertThat(bearer("/api/v1/agents", cluster.token("shop", "web", "web-1")).statusCode())
          .isEqualTo(401);
    }
    assertThat(get("/api/v1/agents?token=" + provider.token("1a", "admins"), null).statusCode())
        .isEqualTo(401);
    assertThat(bearer("/api/v1/agents", TOKEN).statusCode())
        .as("tokens of the tokens file stay valid")
        .isEqualTo(200);
  }

  private HttpResponse<String> bearer(String path, String token) throws IOException {
    return get(path, null, "Authorization", "Bearer " + token);
  }

  private HttpResponse<String> post(String path, @Nullable String token, String type, String body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request);
  }

  @Test
  void session_isOfOnePage_andLogoutEndsIt() throws IOException {
    String cookie = logIn("1a", "admins");
    assertThat(get("/session", cookie, "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
    assertThat(get("/session", cookie, "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    HttpRequest.Builder logout =
        HttpRequest.newBuilder(URI.create(server.url() + "/session"))
            .header("Cookie", cookie)
            .DELETE();
    assertThat(send(logout).statusCode()).as("without the CSRF token").isEqualTo(403);
    logout.header("X-CSRF-Token", session(cookie).path("csrf").asText());
    assertThat(send(logout).statusCode()).isEqualTo(204);
    assertThat(get("/session", cookie).statusCode()).isEqualTo(401);
  }

  @Test
  void logoutAtTheProvider_endsItsSessions_once() throws IOException {
    String one = logIn("1a", "viewers");
    String other = logIn("2b", "viewers");
    String token =
        TestIssuer.signed(
            provider.logout("1a", Instant.now()).claim("sid", "session-of-1a").build(),
            provider.key("k1"));

    HttpResponse<String> done = backchannel(token);
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(done.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(get("/session", one).statusCode()).isEqualTo(401);
    assertThat(get("/session", other).statusCode()).isEqualTo(200);
    HttpResponse<String> again = backchannel(token);
    assertThat(again.statusCode()).isEqualTo(400);
    assertThat(again.body()).contains("invalid_request", "it was used before (jti)");

    String notMine =
        TestIssuer.signed(
            provider.logout("1a", Instant.now()).claim("sid", "session-of-2b").build(),
            provider.key("k1"));
    assertThat(backchannel(notMine).statusCode()).isEqualTo(200);
    assertThat(get("/session", other).statusCode()).as("sub and sid must fit").isEqualTo(200);
    String all =
        TestIssuer.signed(provider.logout("2b", Instant.now()).build(), provider.key("k1"));
    assertThat(backchannel(all).statusCode()).isEqualTo(200);
    assertThat(get("/session", other).statusCode()).isEqualTo(401);
    assertThat(metric("whorl_sessions_ended_by_provider_total")).startsWith("2");

    assertThat(backchannel(provider.token("1a", "viewers")).statusCode()).isEqualTo(400);
    assertThat(post("/login/backchannel", null, "application/json", "{}").statusCode())
        .isEqualTo(400);
  }

  private HttpResponse<String> backchannel(String token) throws IOException {
    return post(
        "/login/backchannel", null, "application/x-www-form-urlencoded", "logout_token=" + token);
  }

  @Test
  void providerThatIsAway_keepsSessions_andTheLoginSaysSo() throws IOException {
    String cookie = logIn("1a", "viewers");
    Back back = atProvider("/", "2b", "viewers");
    provider.isAway = true;
    assertThat(session(cookie).path("role").asText()).isEqualTo("viewer");
    HttpResponse<String> failed = get(back.address(), back.cookie());
    assertThat(failed.statusCode()).isEqualTo(503);
    assertThat(failed.body()).contains("The identity provider cannot be reached now");
    assertThat(bearer("/api/v1/agents", provider.token("3c", "viewers")).statusCode())
        .as("its keys are known")
        .isEqualTo(200);
    server.stop();

    server = collector();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get("/readyz", null).body().contains("people may not be able to log in"));
    assertThat(get("/readyz", null).statusCode()).isEqualTo(200);
    assertThat(get("/login", null).statusCode()).isEqualTo(503);
    assertThat(bearer("/api/v1/agents", provider.token("3c", "viewers")).statusCode())
        .isEqualTo(503);
    assertThat(metric("whorl_login_total{result=\"away\"}")).startsWith("1");
  }

  @Test
  void provider_isNamedWithoutAToken_andWithoutASecret() throws IOException {
    JsonNode named = Json.MAPPER.readTree(get("/login/provider", null).body());
    assertThat(named)
        .isEqualTo(
            Json.MAPPER.valueToTree(
                Map.of(
                    "issuer",
                    provider.url(),
                    "client_id",
                    FakeProvider.CLIENT,
                    "device",
                    true,
                    "scopes",
                    List.of("openid", "profile"),
                    "logout",
                    provider.url() + "/logout")));
  }
}
