package whorl.collector.views;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.store.views.ViewLedger;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestDatabase;

@ParameterizedClass
@EnumSource
class ViewRoutesTest {
  private static final String PATH = "/api/v1/views";
  private static final String SHELLS =
      "{\"kind\":\"timeline\",\"name\":\"shells\",\"query\":\"type=whorl.Process*&q=sh\",\"shared\":%s}";

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private FakeClient alice;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    ViewRoutes routes =
        new ViewRoutes(
            new ViewLedger(data.openCases()), () -> Instant.parse("2026-11-30T10:00:00Z"));
    alice =
        new FakeClient(routes.routes(), Role.RESPONDER).as(new Principal(Role.RESPONDER, "alice"));
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private FakeClient other(Role role) {
    return alice.as(new Principal(role, "other"));
  }

  private static Answer send(FakeClient by, String method, String path, String body) {
    return by.call(method, path, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode views(FakeClient by, String query) {
    return by.get(PATH + query).json().get("views");
  }

  private String saved(boolean shared) {
    Answer answer = send(alice, "POST", PATH, SHELLS.formatted(shared));
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.json().get("id").asText();
  }

  @Test
  void ownView_isSeenByNobodyElse_sharedOneByAll() {
    String mine = saved(false);
    assertThat(views(other(Role.ADMIN), "")).isEmpty();
    assertThat(send(other(Role.ADMIN), "DELETE", PATH + "/" + mine, "").status()).isEqualTo(404);

    send(alice, "PATCH", PATH + "/" + mine, "{\"shared\":true,\"name\":\"shells of all\"}");

    JsonNode seen = views(other(Role.VIEWER), "?kind=timeline").get(0);
    assertThat(seen.get("name").asText()).isEqualTo("shells of all");
    assertThat(seen.get("query").asText()).isEqualTo("type=whorl.Process*&q=sh");
    assertThat(seen.get("by").asText()).isEqualTo("alice");
    assertThat(seen.get("mine").asBoolean()).isFalse();
    assertThat(views(other(Role.VIEWER), "?kind=alerts")).isEmpty();
  }

  @Test
  void viewOfOthers_isChangedByNobody_andRemovedByAnAdmin() {
    String shared = saved(true);
    String path = PATH + "/" + shared;

    assertThat(send(other(Role.ADMIN), "PATCH", path, "{\"name\":\"x\"}").status()).isEqualTo(403);
    assertThat(send(other(Role.RESPONDER), "DELETE", path, "").status()).isEqualTo(403);
    assertThat(send(other(Role.ADMIN), "DELETE", path, "").status()).isEqualTo(204);
    assertThat(views(alice, "")).isEmpty();
  }

  @Test
  void viewer_savesForHimself_andSharesNothing() {
    FakeClient viewer = other(Role.VIEWER);

    assertThat(send(viewer, "POST", PATH, SHELLS.formatted("true")).text())
        .contains("needs the role responder");
    assertThat(send(viewer, "POST", PATH, SHELLS.formatted("false")).status()).isEqualTo(201);
  }

  /** What all responders choose by must not be changed by a token that may only read. */
  @Test
  void sharedView_isNeitherChangedNorRemoved_byAnApiTokenForViewers() {
    String path = PATH + "/" + saved(true);
    FakeClient token =
        alice.as(new Principal(Role.VIEWER, Principal.nameWithToken("alice", "token-0001")));

    assertThat(send(token, "PATCH", path, "{\"query\":\"q=nothing\"}").status()).isEqualTo(403);
    assertThat(send(token, "PATCH", path, "{\"shared\":false}").status()).isEqualTo(403);
    assertThat(send(token, "DELETE", path, "").status()).isEqualTo(403);
    assertThat(views(alice, "").get(0).get("query").asText()).isEqualTo("type=whorl.Process*&q=sh");
  }

  @Test
  void whatIsTooMuch_isRefusedByName() {
    assertThat(send(alice, "POST", PATH, "{\"kind\":\"nothing\",\"name\":\"x\"}").text())
        .contains("kind is one of alerts, evidence, search, timeline");
    assertThat(send(alice, "POST", PATH, "{\"kind\":\"alerts\"}").text())
        .contains("name is missing");
    for (int i = 0; i < ViewLedger.MAX; i++) {
      saved(false);
    }
    assertThat(send(alice, "POST", PATH, SHELLS.formatted("false")).text())
        .contains("you have 100 views");
    assertThat(send(other(Role.VIEWER), "POST", PATH, SHELLS.formatted("false")).status())
        .isEqualTo(201);
  }
}
