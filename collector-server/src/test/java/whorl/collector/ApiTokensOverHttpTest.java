package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestConfig;

/** API tokens at a whole collector. */
@Timeout(60)
class ApiTokensOverHttpTest {
  private static final String ADMIN = "admin-token-0123456789";
  private static final String VIEWER = "viewer-token-0123456789";
  private static final String LEAVER = "leaver-token-0123456789";
  private static final String TOKENS = "/api/v1/tokens";

  @TempDir private static Path root;
  private static CollectorServer server;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(
        root.resolve("tokens"),
        "admin " + ADMIN + "\nviewer " + VIEWER + "\nviewer " + LEAVER + "\n");
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("data")).tokens(root.resolve("tokens")).config(),
            Wiring::open,
            message -> {});
  }

  @AfterAll
  static void stop() {
    server.stop();
  }

  private Answer call(String token, String method, String path, String body) {
    return new HttpCaller(server.url(), token)
        .call(
            method,
            path,
            Map.of("Content-Type", "application/json"),
            body.getBytes(StandardCharsets.UTF_8));
  }

  private JsonNode make(String by, String more) {
    Answer answer = call(by, "POST", TOKENS, "{\"name\":\"ci\"" + more + "," + expires() + "}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    return answer.json();
  }

  private static String expires() {
    return "\"expires\":\"" + Instant.now().plus(Duration.ofDays(30)) + "\"";
  }

  @Test
  void token_doesWhatItsRoleMay_untilItIsRevoked() throws IOException {
    JsonNode made = make(ADMIN, ",\"role\":\"responder\",\"namespaces\":[\"shop\"]");
    String token = made.path("token").asText();

    JsonNode session = call(token, "GET", "/session", "").json();
    assertThat(session.path("role").asText()).isEqualTo("responder");
    assertThat(session.path("name").asText())
        .matches("admin-[0-9a-f]{8} \\(token " + made.path("id").asText() + "\\)");
    assertThat(call(token, "GET", "/api/v1/evidence", "").status()).isEqualTo(200);
    assertThat(call(token, "PUT", "/api/v1/rules/x", "{}").status()).isEqualTo(403);

    String id = made.path("id").asText();
    JsonNode listed = call(ADMIN, "GET", TOKENS + "?limit=1", "").json().path("tokens").path(0);
    assertThat(listed.path("id").asText()).isEqualTo(id);
    assertThat(listed.path("own").asBoolean()).isTrue();
    assertThat(listed.path("used").asText()).isNotEmpty();
    assertThat(listed.has("token")).isFalse();
    assertThat(call(VIEWER, "GET", TOKENS, "").json().path("tokens")).isEmpty();
    String path = TOKENS + "/" + id;
    assertThat(call(VIEWER, "DELETE", path, "").status()).isEqualTo(404);
    assertThat(call(ADMIN, "DELETE", path, "").status()).isEqualTo(204);

    Answer after = call(token, "GET", "/session", "");
    assertThat(after.status()).isEqualTo(401);
    assertThat(after.text()).contains("unknown, expired or revoked").doesNotContain(token);
    assertThat(call(ADMIN, "DELETE", path, "").status()).isEqualTo(404);
    assertThat(custody(id)).hasSize(2);
    assertThat(custody(id).toString())
        .contains("\"revoked\":\"true\"", "[shop]")
        .doesNotContain(token);
  }

  /** The lines about this token; the API shows only those of evidence. */
  private static List<String> custody(String token) throws IOException {
    return Files.readAllLines(new DataFolder(root.resolve("data")).custodyLog()).stream()
        .filter(line -> line.contains("tokens_changed") && line.contains(token))
        .toList();
  }

  @Test
  void token_cannotMakeListOrRevokeTokens() {
    JsonNode made = make(ADMIN, ",\"role\":\"admin\"");
    String token = made.path("token").asText();

    for (Answer answer :
        List.of(
            call(token, "POST", TOKENS, "{\"name\":\"x\"," + expires() + "}"),
            call(token, "GET", TOKENS, ""),
            call(token, "DELETE", TOKENS + "/" + made.path("id").asText(), ""))) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.text()).contains("cannot make, list or revoke");
    }
  }

  /** Else a person had each limit as often as tokens: fifty times. */
  @Test
  void limitsOfAPerson_areForAllTokensTogether() {
    List<String> tokens =
        List.of(
            make(ADMIN, ",\"role\":\"responder\"").path("token").asText(),
            make(ADMIN, ",\"role\":\"responder\"").path("token").asText());
    String alerts =
        "{\"version\":\"4\",\"alerts\":["
            + String.join(",", Collections.nCopies(200, "{\"labels\":{\"alertname\":\"x\"}}"))
            + "]}";

    assertThat(tokens)
        .extracting(token -> call(token, "POST", "/api/v1/alerts/alertmanager", alerts).status())
        .containsExactly(202, 429);
    assertThat(refusedOf(61, tokens, "/api/v1/evidence/01234567-none/verify")).isEqualTo(1);
    assertThat(refusedOf(31, tokens, "/api/v1/evidence/01234567-none/report")).isEqualTo(1);
  }

  /** Asks with each token in turn, and counts what is refused because it is too often. */
  private long refusedOf(int times, List<String> tokens, String path) {
    return IntStream.range(0, times)
        .mapToObj(i -> call(tokens.get(i % tokens.size()), "GET", path, "").status())
        .filter(status -> status == 429)
        .count();
  }

  @Test
  void tokenOfTheFileIsRemoved_itsApiTokensEnd() throws IOException {
    String token = make(LEAVER, "").path("token").asText();
    assertThat(call(token, "GET", "/session", "").status()).isEqualTo(200);

    Files.writeString(root.resolve("tokens"), "admin " + ADMIN + "\nviewer " + VIEWER + "\n");

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> call(token, "GET", "/session", "").status() == 403);
  }

  @Test
  void tokensThatCannotExist_areRefused_andTheReasonIsNamed() {
    String token = make(ADMIN, "").path("token").asText();

    assertThat(call(token.substring(0, 58), "GET", "/session", "").text()).contains("not intact");
    assertThat(call(token, "POST", "/agent/v1/uploads", "").text()).contains("people's routes");
    assertThat(call(ADMIN, "POST", "/api/v1/alerts?token=" + token, "{}").status())
        .isNotEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|400|name",
        "{\"name\":\" \"}|400|name",
        "{\"name\":\"x\"}|400|expires",
        "{\"name\":\"x\",\"expires\":\"tomorrow\"}|400|expires",
        "{\"name\":\"x\",\"expires\":\"2001-01-01T00:00:00Z\"}|400|is past",
        "{\"name\":\"x\",\"expires\":\"2999-01-01T00:00:00Z\"}|400|366 days",
        "{\"name\":\"x\",\"role\":\"agent\",EXPIRES}|400|role",
        "{\"name\":\"x\",\"role\":\"root\",EXPIRES}|400|role",
        "{\"name\":\"x\",\"role\":\"admin\",EXPIRES}|403|never has more",
        "{\"name\":\"x\",\"namespaces\":[null],EXPIRES}|400|namespaces",
        "{\"name\":\"x\",\"services\":[\"\"],EXPIRES}|400|services",
        "{\"name\":\"x\",\"labels\":{\"a\":null},EXPIRES}|400|labels",
        "{\"name\":\"x\",\"scope\":\"all\",EXPIRES}|400|unknown field scope",
        "not json|400|not JSON",
      })
  void badRequest_namesTheField(String body, int status, String word) {
    Answer answer = call(VIEWER, "POST", TOKENS, body.replace("EXPIRES", expires()));

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.text()).contains(word);
    assertThat(call(VIEWER, "GET", TOKENS, "").json().path("tokens")).isEmpty();
  }
}
