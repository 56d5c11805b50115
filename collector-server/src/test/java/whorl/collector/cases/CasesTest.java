package whorl.collector.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.Json;

class CasesTest {
  @TempDir Path root;
  private final TestCollector.World world = new TestCollector.World();
  private TestCollector collector;
  private FakeClient responder;

  @BeforeEach
  void open() throws Exception {
    collector = TestCollector.open(root, world);
    responder = collector.kept.responder;
  }

  @AfterEach
  void close() throws Exception {
    collector.close();
  }

  @Test
  void case_fromItsBeginningToItsEnd() throws Exception {
    Id evidence = evidence();
    Answer made =
        send("POST", "/api/v1/cases", Map.of("title", " Odd egress ", "description", "two\nlines"));
    assertThat(made.status()).isEqualTo(201);
    String path = made.header("Location");
    assertThat(path).isEqualTo("/api/v1/cases/" + made.json().get("id").asText());
    assertThat(made.json().toString())
        .contains(
            "\"title\":\"Odd egress\"",
            "\"state\":\"open\"",
            "\"createdBy\":\"responder-01234567\"",
            "\"evidence\":[],\"tags\":[],\"notes\":[]",
            "\"hold\":null");

    assertThat(send("PUT", path + "/evidence/" + evidence, Map.of()).status()).isEqualTo(204);
    String row = evidence + ":17";
    assertThat(send("POST", path + "/notes", Map.of("text", "the way in", "row", row)).status())
        .isEqualTo(201);
    assertThat(send("PATCH", path, Map.of("tags", List.of("b", "a", "a"))).status()).isEqualTo(200);

    JsonNode whole = collector.kept.viewer.get(path).json();
    assertThat(whole.get("evidence")).hasSize(1);
    assertThat(whole.at("/evidence/0").asText()).isEqualTo(evidence.value());
    assertThat(whole.get("tags").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(whole.at("/notes/0/text").asText()).isEqualTo("the way in");
    assertThat(whole.at("/notes/0/row").asText()).isEqualTo(row);
    assertThat(whole.at("/notes/0/by").asText()).isEqualTo("responder-01234567");

    assertThat(send("PATCH", path, Map.of("state", "closed")).json().get("state").asText())
        .isEqualTo("closed");
    assertThat(send("DELETE", path + "/evidence/" + evidence, Map.of()).status()).isEqualTo(204);
    assertThat(collector.kept.admin.call("DELETE", path, Map.of(), new byte[0]).status())
        .isEqualTo(204);
    assertThat(collector.kept.viewer.get(path).status()).isEqualTo(404);
    assertThat(collector.store.contains(evidence)).isTrue();
  }

  @Test
  void tagsOfTwoPeople_whoSawTheSameCase_areBothKept() throws Exception {
    String path = newCase("A case");
    send("PATCH", path, Map.of("tags", List.of("seen by both")));

    send("PATCH", path, Map.of("addTags", List.of("of one")));
    Answer changed =
        send(
            "PATCH",
            path,
            Map.of("addTags", List.of(" of another "), "removeTags", List.of("seen by both")));

    assertThat(changed.json().get("tags").toString()).isEqualTo("[\"of another\",\"of one\"]");
    assertRefused(send("PATCH", path, Map.of("addTags", List.of(" "))), "empty");
    assertRefused(
        send(
            "PATCH",
            path,
            Map.of("addTags", IntStream.range(0, 31).mapToObj(i -> "tag " + i).toList())),
        "more than 32");
    send("PATCH", path, Map.of("removeTags", List.of("not there")));
    assertThat(collector.kept.viewer.get(path).json().get("tags")).hasSize(2);
  }

  @Test
  void heldEvidence_doesNotLeaveItsCase_whileCustodyIsInDoubt() throws Exception {
    Id evidence = evidence();
    String path = newCase("A case");
    send("PUT", path + "/evidence/" + evidence, Map.of());
    send("POST", path + "/notes", Map.of("text", "x"));
    send("PUT", path + "/hold", Map.of("reason", "litigation"));
    collector.close();
    Path log = collector.folder.custodyLog();
    Files.writeString(log, Files.readString(log).replace("\"noted\"", "\"nated\""));
    open();

    Answer refused =
        collector.kept.admin.call("DELETE", path + "/evidence/" + evidence, Map.of(), new byte[0]);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(new String(refused.body())).startsWith("custody in doubt");
    assertThat(collector.kept.viewer.get(path).json().get("evidence")).hasSize(1);
    assertThat(collector.kept.holds.isHeld(evidence)).isTrue();
  }

  @Test
  void everyChange_isInCustodyWithTheTokensName() throws Exception {
    Id evidence = evidence();
    String path = newCase("A case");
    send("PUT", path + "/evidence/" + evidence, Map.of());
    send("PUT", path + "/evidence/" + evidence, Map.of());
    send("POST", path + "/notes", Map.of("text", "x"));
    send("PATCH", path, Map.of("title", "Another"));
    send("PATCH", path, Map.of("title", "Another"));
    send("PUT", path + "/hold", Map.of("reason", "litigation"));
    collector.kept.admin.call("DELETE", path + "/hold?reason=settled", Map.of(), new byte[0]);
    send("DELETE", path + "/evidence/" + evidence, Map.of());
    collector.kept.admin.call("DELETE", path, Map.of(), new byte[0]);

    assertThat(collector.verifyOffline().problems()).noneMatch(each -> each.contains("chain"));
    List<CustodyEntry> changes = custody();
    changes.removeIf(entry -> entry.action().equals("sealed"));
    assertThat(changes)
        .extracting(entry -> entry.action() + " " + entry.detail().getOrDefault("change", "-"))
        .containsExactly(
            "case_changed created",
            "case_changed added",
            "case_changed noted",
            "case_changed changed",
            "held -",
            "held -",
            "released -",
            "released -",
            "case_changed removed",
            "case_changed deleted");
    assertThat(changes)
        .extracting(CustodyEntry::actor)
        .containsOnly("token responder-01234567", "token admin-01234567");
    assertThat(collector.custody.entries(evidence))
        .as("the evidence's own history")
        .extracting(CustodyEntry::action)
        .containsExactly("sealed", "case_changed", "held", "released", "case_changed");
  }

  @Test
  void routes_viewersRead_respondersWrite_adminsReleaseAndDelete() {
    List<String> roles = new ArrayList<>();
    new CaseRoutes(
            collector.kept.cases,
            new VisibleCases(
                collector.kept.cases.ledger(),
                new ScopedRows(collector.database),
                new OriginLedger(collector.database)),
            (scope, evidence) -> true,
            new GravestLedger(collector.database),
            () -> 1)
        .routes()
        .forEach(
            route -> {
              Role needed =
                  route.method().equals("GET")
                      ? Role.VIEWER
                      : route.method().equals("DELETE") && !route.template().contains("evidence")
                          ? Role.ADMIN
                          : Role.RESPONDER;
              assertThat(route.needs()).as(route.template()).isEqualTo(needed);
              roles.add(route.method());
            });
    assertThat(roles).hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "A-CASE-IN-CAPITALS", "..", "' OR 1=1 --", "0199f0a2%00aaaa"})
  void malformedIds_areNotFound(String id) {
    String path = "/api/v1/cases/" + id;
    assertThat(collector.kept.viewer.get(path).status()).isEqualTo(404);
    assertThat(send("PATCH", path, Map.of("title", "x")).status()).isEqualTo(404);
    assertThat(send("PUT", newCase("c") + "/evidence/" + id, Map.of()).status()).isEqualTo(404);
    assertThat(send("PUT", "/api/v1/evidence/" + id + "/hold", Map.of("reason", "r")).status())
        .isEqualTo(404);
    assertThat(
            collector
                .kept
                .admin
                .call("DELETE", "/api/v1/evidence/" + id + "?reason=r", Map.of(), new byte[0])
                .status())
        .isEqualTo(404);
  }

  @Test
  void missingEvidence_cannotJoinACase() {
    Answer answer =
        send("PUT", newCase("c") + "/evidence/0199f0a2-aaaa-7e43-9d5e-0a4b6c2d1e0f", Map.of());
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).contains("no evidence 0199f0a2");
  }

  @Test
  void text_isBounded_andWithoutControlCharacters() throws Exception {
    String path = newCase("c");
    assertRefused(send("POST", "/api/v1/cases", Map.of()), "title is empty");
    assertRefused(send("POST", "/api/v1/cases", Map.of("title", " ")), "title is empty");
    assertRefused(
        send("POST", "/api/v1/cases", Map.of("title", "x".repeat(201))), "201 characters; 200");
    assertRefused(
        send("POST", "/api/v1/cases", Map.of("title", "a\u001b[2J")), "control character (U+001B)");
    assertRefused(send("POST", "/api/v1/cases", Map.of("title", "a\nb")), "U+000A");
    assertRefused(send("PATCH", path, Map.of("title", "half \ud800")), "U+D800");
    assertRefused(send("PATCH", path, Map.of("description", "x".repeat(10_001))), "10000");
    assertRefused(send("PATCH", path, Map.of("state", "shut")), "open or closed");
    assertRefused(send("PATCH", path, Map.of("tags", List.of("a\u0000"))), "U+0000");
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      many.add("tag" + i);
    }
    assertRefused(send("PATCH", path, Map.of("tags", many)), "more than 32");
    assertRefused(send("POST", path + "/notes", Map.of()), "text is empty");
    assertRefused(send("POST", path + "/notes", Map.of("text", "x".repeat(4001))), "4000");
    assertRefused(send("POST", path + "/notes", Map.of("text", "x", "row", "1; DROP")), "no row");
    assertRefused(send("PUT", path + "/hold", Map.of()), "reason is empty");
    assertRefused(send("PUT", path + "/hold", Map.of("why", "x")), "unknown field why");
    assertRefused(
        responder.call("POST", path + "/notes", Map.of(), "[1".getBytes(StandardCharsets.UTF_8)),
        "not the JSON object");
    assertThat(
            responder.call("POST", path + "/notes", Map.of(), new byte[(256 << 10) + 1]).status())
        .isEqualTo(413);

    assertThat(custody()).as("nothing was written").hasSize(1);
    assertThat(
            send("POST", path + "/notes", Map.of("text", "tab\tand\nline, \ud83d\ude00")).status())
        .isEqualTo(201);
  }

  @Tag("long")
  @Test
  void notes_areLimitedToTenThousand() throws Exception {
    String path = newCase("c");
    Id id = new Id(path.substring(path.lastIndexOf('/') + 1));
    for (int i = 0; i < 10_000; i++) {
      collector.kept.cases.note(id, "note " + i, null, "responder-01234567");
    }

    Answer beyond = send("POST", path + "/notes", Map.of("text", "one more"));
    assertThat(beyond.status()).isEqualTo(409);
    assertThat(beyond.text()).contains("10000 notes; make another case");

    JsonNode whole = collector.kept.viewer.get(path).json();
    assertThat(whole.get("noteCount").asInt()).isEqualTo(10_000);
    assertThat(whole.get("notes")).hasSize(200);
    assertThat(whole.at("/notes/199/text").asText()).isEqualTo("note 9999");
    int read = 0;
    String next = "";
    while (next != null) {
      JsonNode page = collector.kept.viewer.get(path + "/notes?limit=1000" + next).json();
      for (JsonNode note : page.get("notes")) {
        assertThat(note.get("text").asText()).isEqualTo("note " + read++);
      }
      next = page.has("next") ? "&cursor=" + page.get("next").asText() : null;
    }
    assertThat(read).isEqualTo(10_000);
  }

  @Tag("long")
  @Test
  void holdOfACaseWithFiveThousandMembers_holdsEachOfThem() throws Exception {
    String path = newCase("large");
    Id id = new Id(path.substring(path.lastIndexOf('/') + 1));
    List<Id> members = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      members.add(Records.put(collector, Records.of(Instant.now(), "a.txt", 1)));
      collector.kept.cases.add(id, members.get(i), "responder-01234567");
    }

    assertThat(send("PUT", path + "/hold", Map.of("reason", "all of it")).status()).isEqualTo(200);
    assertThat(collector.kept.holds.held()).containsAll(members);
    assertThat(collector.kept.viewer.get(path).json().get("evidence")).hasSize(5_000);
    assertThat(collector.kept.viewer.get("/api/v1/cases").json().at("/cases/0/evidence"))
        .hasSize(100);

    collector.close();
    open();
    assertThat(collector.kept.holds.held()).containsAll(members);
    collector.kept.admin.call("DELETE", path + "/hold", Map.of(), new byte[0]);
    assertThat(collector.kept.holds.held()).doesNotContainAnyElementsOf(members);
  }

  @Test
  void list_isFilteredAndPaged() throws Exception {
    Id evidence = evidence();
    for (int i = 0; i < 5; i++) {
      String path = newCase("case " + i);
      if (i % 2 == 0) {
        send("PATCH", path, Map.of("state", "closed", "tags", List.of("even")));
      }
      if (i == 3) {
        send("PUT", path + "/evidence/" + evidence, Map.of());
      }
    }
    assertThat(titles("?state=closed")).containsExactly("case 4", "case 2", "case 0");
    assertThat(titles("?tag=even&limit=2")).containsExactly("case 4", "case 2");
    assertThat(titles("?evidence=" + evidence)).containsExactly("case 3");
    String cursor = collector.kept.viewer.get("/api/v1/cases?limit=2").json().get("next").asText();
    assertThat(titles("?limit=2&cursor=" + cursor)).containsExactly("case 2", "case 1");
    assertRefused(collector.kept.viewer.get("/api/v1/cases?state=shut"), "open or closed");
    assertRefused(collector.kept.viewer.get("/api/v1/cases?cursor=!"), "cursor");
    assertRefused(collector.kept.viewer.get("/api/v1/cases?limit=0"), "limit");
  }

  @Test
  void lowDisk_refusesWritesBeforeAnyChange_butNotHolds() throws Exception {
    String path = newCase("c");
    Id evidence = evidence();
    int before = custody().size();
    world.freeBytes.set(DiskReserve.RESERVE_BYTES - 1);

    for (Answer answer :
        List.of(
            send("POST", "/api/v1/cases", Map.of("title", "x")),
            send("POST", path + "/notes", Map.of("text", "x")),
            send("PATCH", path, Map.of("title", "x")))) {
      assertThat(answer.status()).isEqualTo(507);
      assertThat(answer.text()).contains("disk is full, and nothing was changed");
    }
    assertThat(custody()).hasSize(before);
    assertThat(
            send("PUT", "/api/v1/evidence/" + evidence + "/hold", Map.of("reason", "r")).status())
        .isEqualTo(200);
    world.freeBytes.set(Long.MAX_VALUE);
    assertThat(collector.kept.viewer.get(path).json().get("title").asText()).isEqualTo("c");
  }

  @Test
  void fullDatabase_losesNothing_andIsReported() throws Exception {
    String path = newCase("c");
    assertThat(send("POST", path + "/notes", Map.of("text", "before")).status()).isEqualTo(201);
    collector.casesDatabase.query("PRAGMA max_page_count=1", row -> row.getInt(1));

    Answer refused = null;
    for (int i = 0; i < 50 && refused == null; i++) {
      Answer answer = send("POST", path + "/notes", Map.of("text", "n".repeat(4000)));
      refused = answer.status() == 201 ? null : answer;
    }
    assertThat(refused).isNotNull();
    assertThat(refused.status()).isEqualTo(507);
    assertThat(refused.text()).contains("nothing was changed");

    collector.casesDatabase.query("PRAGMA max_page_count=1000000", row -> row.getInt(1));
    int notes = collector.kept.viewer.get(path).json().get("noteCount").asInt();
    assertThat(send("POST", path + "/notes", Map.of("text", "after")).status()).isEqualTo(201);
    collector.close();
    open();
    JsonNode whole = collector.kept.viewer.get(path).json();
    assertThat(whole.get("noteCount").asInt()).isEqualTo(notes + 1);
    assertThat(whole.at("/notes/0/text").asText()).isEqualTo("before");
    long noted = custody().stream().filter(e -> "noted".equals(e.detail().get("change"))).count();
    long revoked =
        custody().stream().filter(e -> "failed".equals(e.detail().get("change"))).count();
    assertThat(noted - revoked).as("custody lists the stored notes").isEqualTo(notes + 1);
  }

  private static void assertRefused(Answer answer, String why) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.text()).contains(why);
  }

  private List<String> titles(String query) {
    List<String> titles = new ArrayList<>();
    collector
        .kept
        .viewer
        .get("/api/v1/cases" + query)
        .json()
        .get("cases")
        .forEach(each -> titles.add(each.get("title").asText()));
    return titles;
  }

  private List<CustodyEntry> custody() throws Exception {
    List<CustodyEntry> entries = new ArrayList<>();
    for (String line : Files.readAllLines(collector.folder.custodyLog())) {
      entries.add(Json.MAPPER.readValue(line, CustodyEntry.class));
    }
    return entries;
  }

  private Id evidence() throws Exception {
    return Records.put(collector, Records.of(Instant.now(), "a.txt", 1));
  }

  private String newCase(String title) {
    return send("POST", "/api/v1/cases", Map.of("title", title)).header("Location");
  }

  private Answer send(String method, String path, Map<String, Object> body) {
    return responder.call(method, path, Map.of(), Json.bytes(body));
  }
}
