package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.CookieHandler;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.RootCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.config.PeopleLogin;
import whorl.collector.testkit.Keycloak;
import whorl.collector.testkit.TestConfig;

/** The command line logs in at a real Keycloak by device code, renews the login, and ends it. */
@Tag("long") // starts Keycloak; each answer of the flow is in DeviceFlowTest
@Timeout(600)
class KeycloakDeviceLoginIT {
  private static final Pattern PAGE = Pattern.compile("http://\\S+/device\\?user_code=\\S+");
  private static final Pattern ACTION = Pattern.compile("<form[^>]*\\saction=\"([^\"]+)\"");
  private static final Pattern CODE = Pattern.compile("name=\"code\" value=\"([^\"]+)\"");

  @TempDir private Path root;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final HttpClient browser =
      HttpClient.newBuilder()
          .cookieHandler(new Cookies())
          .followRedirects(HttpClient.Redirect.ALWAYS)
          .build();
  private Keycloak keycloak;
  private CollectorServer server;

  @BeforeEach
  void start() throws IOException {
    keycloak = Keycloak.start();
    Path access = root.resolve("access.yml");
    Files.writeString(access, "shop-responders:\n  - {role: responder, namespaces: [shop]}\n");
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("data"))
                .people(
                    new PeopleLogin(
                        keycloak.issuer(),
                        Keycloak.CLIENT,
                        null,
                        null,
                        List.of("openid", "profile"),
                        "groups",
                        Keycloak.CLIENT,
                        null,
                        null,
                        access))
                .config(),
            Wiring::open,
            message -> {});
  }

  @AfterEach
  void stop() {
    server.stop();
    keycloak.close();
  }

  private int run(Duration ahead, String... arguments) {
    PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
    return RootCommand.commandLine(
            new CommandContext(
                new Terminal(out, out, Integer.MAX_VALUE, false, false),
                Map.of("HOME", root.toString()),
                InstantSource.offset(InstantSource.system(), ahead),
                System::nanoTime,
                new CommandContext.Pace(
                    Duration.ofMillis(200),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(1))),
            (path, anchors) -> {
              throw new IOException("not in this test");
            })
        .execute(arguments);
  }

  private String output() {
    return output.toString(StandardCharsets.UTF_8);
  }

  @Test
  void login_isConfirmedInABrowser_renewed_andEnded() throws Exception {
    CompletableFuture<Integer> login =
        CompletableFuture.supplyAsync(() -> run(Duration.ZERO, "login", "--url", server.url()));
    await().atMost(Duration.ofMinutes(2)).until(() -> PAGE.matcher(output()).find());
    confirm(first(PAGE, output(), 0));

    assertThat(login.get(2, TimeUnit.MINUTES)).as(output()).isZero();
    assertThat(output()).contains("as oidc:alice");
    assertThat(run(Duration.ZERO, "agents")).as(output()).isZero();

    Path file = root.resolve(".config/whorl/contexts.json");
    String before = Files.readString(file);
    assertThat(run(Duration.ofHours(1), "agents")).as(output()).isZero(); // the login has expired
    assertThat(Files.readString(file)).isNotEqualTo(before);

    assertThat(run(Duration.ZERO, "tokens", "create", "ci", "--expires", "1d")).isZero();
    assertThat(output()).containsPattern("whorl_pat_[0-9A-Za-z]{49}");

    assertThat(run(Duration.ZERO, "logout")).isZero();
    assertThat(output()).contains("logged out of").doesNotContain("not ended");
    Files.writeString(file, before); // a thief's copy
    assertThat(run(Duration.ofHours(1), "agents")).isOne();
    assertThat(output()).contains("the login has ended at");
  }

  /** What alice does: opens the page, logs in, and permits the client. */
  private void confirm(String page) throws Exception {
    HttpResponse<String> form = send(HttpRequest.newBuilder(URI.create(page)).build());
    HttpResponse<String> consent =
        post(
            form,
            Map.of("username", Keycloak.ALICE, "password", Keycloak.password(Keycloak.ALICE)));
    HttpResponse<String> done =
        post(consent, Map.of("code", first(CODE, consent.body(), 1), "accept", "Yes"));
    assertThat(done.body()).containsIgnoringCase("device login successful");
  }

  private HttpResponse<String> post(HttpResponse<String> page, Map<String, String> fields)
      throws Exception {
    StringBuilder body = new StringBuilder();
    fields.forEach(
        (name, value) ->
            body.append(body.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return send(
        HttpRequest.newBuilder(
                page.uri().resolve(first(ACTION, page.body(), 1).replace("&amp;", "&")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return browser.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static String first(Pattern pattern, String text, int group) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return matcher.group(group);
  }

  /** Sends all cookies back, as browsers do to loopback; CookieManager withholds secure ones. */
  private static final class Cookies extends CookieHandler {
    private final Map<String, String> kept = new ConcurrentHashMap<>();

    @Override
    public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
      return kept.isEmpty()
          ? Map.of()
          : Map.of("Cookie", List.of(String.join("; ", kept.values())));
    }

    @Override
    public void put(URI uri, Map<String, List<String>> headers) {
      headers.forEach(
          (name, values) -> {
            if ("set-cookie".equalsIgnoreCase(name)) {
              values.forEach(this::keep);
            }
          });
    }

    private void keep(String cookie) {
      String pair = cookie.split(";", 2)[0];
      String name = pair.split("=", 2)[0];
      if (cookie.contains("Max-Age=0")) {
        kept.remove(name);
      } else {
        kept.put(name, pair);
      }
    }
  }
}
