package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.RecordsPlace;
import whorl.collector.config.ServeConfig;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Part;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestPostgres;

/**
 * Every route by every kind of caller, on a collector with the evidence of two teams. The class is
 * long because all parts ask the same collector, whose start with that evidence takes most of the
 * time.
 */
@Timeout(600)
class ScopesTest {
  private static final String AGENT = "agent-token-0123456789";
  private static final String A = "alphateam";
  private static final String B = "bravoteam";
  static final String[] CALLERS = {
    "none", "viewer", "viewerA", "responderA", "adminA", "adminB", "nobody", "admin"
  };

  @TempDir private Path folder;
  private TestPostgres postgres;
  private CollectorServer server;
  private final Map<String, Caller> callers = new LinkedHashMap<>();
  private Team a;
  private Team b;

  private void start(String records) throws Exception {
    Map<String, Access> access = new TreeMap<>();
    List<String> tokens =
        new ArrayList<>(List.of("agent " + AGENT, "alert alert-token-0123456789"));
    Map<String, String> secrets = new TreeMap<>();
    for (String each : CALLERS) {
      Role role =
          each.startsWith("admin")
              ? Role.ADMIN
              : each.startsWith("responder") ? Role.RESPONDER : Role.VIEWER;
      String secret = each.toLowerCase(Locale.ROOT) + "-token-0123456789";
      tokens.add(role.word() + " " + secret);
      secrets.put(each, secret);
      String team = each.endsWith("A") ? A : B;
      access.put(
          Team.principal(role.word(), secret),
          each.equals("nobody")
              ? new Access(List.of())
              : each.endsWith("A") || each.endsWith("B")
                  ? new Access(List.of(new Grant(role, part(records, team))))
                  : Access.everywhere(role));
    }
    Files.write(folder.resolve("tokens"), tokens);
    server =
        CollectorServer.start(
            config(records),
            Wiring::open,
            message -> {},
            principal ->
                new Principal(
                    principal.role(),
                    principal.name(),
                    principal.proof(),
                    access.getOrDefault(principal.name(), principal.access())));
    secrets.forEach((name, secret) -> callers.put(name, new HttpCaller(server.url(), secret)));
    callers.put("none", new HttpCaller(server.url(), "unknown-token-0123456789"));
    a = Team.of(A, server.url(), AGENT, callers.get("admin"));
    b = Team.of(B, server.url(), AGENT, callers.get("admin"));
  }

  /** A team by its namespace on one database, and by its labels on the other. */
  private static Part part(String records, String team) {
    return records.equals("SQLite")
        ? new Part(Set.of("namespace-" + team), Set.of(), Map.of())
        : new Part(Set.of(), Set.of("service-" + team, "other"), Map.of("team", team));
  }

  private ServeConfig config(String records) throws Exception {
    Path data = folder.resolve("data");
    boolean alone = records.equals("SQLite");
    LogKey.create(folder.resolve("log.key"));
    if (!alone) {
      postgres = TestPostgres.empty();
    }
    return TestConfig.in(data)
        .tokens(folder.resolve("tokens"))
        .custody(new CustodyOptions(folder.resolve("log.key"), null, null))
        .records(
            alone
                ? new RecordsPlace.Folder(data)
                : new RecordsPlace.Postgres(
                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + postgres.name(),
                    "postgres",
                    "secret-1",
                    null))
        .objects(
            alone
                ? new ObjectsPlace.Data()
                : new ObjectsPlace.Shared(
                    folder.resolve("objects"), null, data.resolve("cache"), 64L << 20))
        .config();
  }

  @AfterEach
  void stop() throws Exception {
    if (a != null) {
      a.close();
    }
    if (b != null) {
      b.close();
    }
    if (server != null) {
      server.stop();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SQLite", "PostgreSQL"})
  void everyRoute_byEveryCaller(String records) throws Exception {
    start(records);

    assertAll(
        this::nothingOfTeamB_isInAnyAnswerToTeamA,
        this::whatIsOfTeamB_isAsIfItWereNotThere,
        this::othersAreLeftOut_ofWhatTeamADoes,
        this::tools_giveATeamOnlyItsOwn,
        this::searchesOverRows_readOnlyOnesOwn,
        this::table);
  }

  /** Last, because it changes things. */
  private void table() {
    Map<String, String> found = new TreeMap<>();
    List<String> undeclared = new ArrayList<>();
    List<Route> routes = new ArrayList<>(server.routes());
    routes.sort((one, other) -> order(one) - order(other)); // what deletes comes last
    for (Route route : routes) {
      String name = route.method() + " " + route.template();
      if (route.scoped() == Scoped.UNDECLARED) {
        undeclared.add(name);
      }
      if (route.scoped() == Scoped.OPEN || route.scoped() == Scoped.OWN) {
        found.put(name, route.scoped() == Scoped.OPEN ? "open" : "own");
        continue;
      }
      List<String> row = new ArrayList<>();
      boolean purges = name.equals("DELETE /api/v1/evidence/{id}");
      String path = a.path(route.template()) + (purges ? "?reason=test" : "");
      for (String each : CALLERS) {
        row.add("" + Team.send(callers.get(each), route.method(), path, "{}").status());
      }
      found.put(name, String.join(" ", row));
    }
    assertThat(undeclared).as("routes that do not say how they are scoped").isEmpty();
    Map<String, String> wrong = new TreeMap<>();
    Map<String, String> expected = ScopesTable.expected();
    Set<String> all = new TreeSet<>(found.keySet());
    all.addAll(expected.keySet());
    for (String each : all) {
      if (!java.util.Objects.equals(found.get(each), expected.get(each))) {
        wrong.put(each, found.get(each) + ", expected " + expected.get(each));
      }
    }
    assertThat(wrong).as("routes by none, viewer, … (CALLERS)").isEmpty();
  }

  private static int order(Route route) {
    return List.of("GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE")
            .indexOf(route.method())
        + (route.template().endsWith("/hold") || route.template().endsWith("{name}") ? 10 : 0);
  }

  private void nothingOfTeamB_isInAnyAnswerToTeamA() {
    Set<String> leaks = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    List<String> paths = new ArrayList<>();
    for (Route route : server.routes()) {
      if (route.method().equals("GET") && route.needs() != null) {
        paths.add(a.path(route.template()));
      }
    }
    paths.addAll(
        List.of(
            "/api/v1/evidence?limit=1",
            "/api/v1/evidence?state=sealed",
            "/api/v1/evidence?service=service-" + A,
            "/api/v1/agents?connected=true",
            "/api/v1/agents?limit=1",
            "/api/v1/libraries?name=library*",
            "/api/v1/libraries?group=com.*&limit=1",
            "/api/v1/alerts?rule=rule-" + A,
            "/api/v1/alerts?limit=1",
            "/api/v1/alerts?state=open",
            "/api/v1/alert-groups?limit=1",
            "/api/v1/alert-groups?q=title&muted=show",
            "/api/v1/alert-groups?rule=rule-" + B,
            "/api/v1/audit?limit=1000&all=true",
            "/api/v1/audit?what=hold&limit=1",
            "/api/v1/captures?limit=1",
            "/api/v1/cases?limit=1",
            "/api/v1/holds?limit=1",
            "/api/v1/hunts?limit=1",
            "/api/v1/sigma-rules?limit=1000",
            "/api/v1/sigma-rules?source=agents",
            "/api/v1/probes?limit=1",
            "/api/v1/custody?evidence=" + a.agent.evidence,
            "/api/v1/timeline?evidence=" + a.agent.evidence,
            "/api/v1/timeline?case=" + a.aCase,
            "/api/v1/timeline/types?case=" + a.aCase,
            "/api/v1/evidence/" + a.agent.evidence + "/timeline?format=csv",
            "/api/v1/evidence/" + a.agent.evidence + "/findings?format=stix"));
    for (String path : paths) {
      Answer answer = Team.get(callers.get("viewerA"), path);
      for (String mark : b.marks()) {
        if (Team.all(answer).contains(mark)) {
          leaks.add(path + ": " + mark);
        }
      }
    }
    assertThat(leaks).as("of team B, in answers to team A").isEmpty();
    for (String list :
        List.of(
            "evidence",
            "agents",
            "agents/services",
            "alerts",
            "alert-groups",
            "captures",
            "cases",
            "holds",
            "libraries?name=library*",
            "hunts",
            "audit",
            "probes",
            "rules",
            "sigma-rules?source=pushed",
            "sigma-rules?source=agents")) {
      String text = Team.get(callers.get("viewerA"), "/api/v1/" + list).text();
      if (a.marks().stream().noneMatch(text::contains)) {
        silent.add(list + ": " + text);
      }
    }
    assertThat(silent).as("lists in which team A misses its own").isEmpty();
    // and those who see everything see both
    assertThat(Team.get(callers.get("viewer"), "/api/v1/evidence").text())
        .contains(a.agent.evidence.value(), b.agent.evidence.value());
    assertThat(
            Team.get(callers.get("viewer"), "/api/v1/evidence/" + a.agent.evidence + "/findings")
                .text())
        .as("the other team's JVM has the same key")
        .contains(B);
  }

  private void whatIsOfTeamB_isAsIfItWereNotThere() {
    List<String> told = new ArrayList<>();
    for (Route route : server.routes()) {
      String path = b.path(route.template());
      boolean named = b.marks().stream().anyMatch(path::contains);
      if (!named || route.needs() == null || route.needs() == Role.AGENT) {
        continue;
      }
      String other = path;
      for (String mark : b.marks()) {
        other = other.replace(mark, "z".repeat(mark.length()));
      }
      for (String each : List.of("viewerA", "responderA", "adminA")) {
        Answer there = Team.send(callers.get(each), route.method(), path, "{}");
        Answer nowhere = Team.send(callers.get(each), route.method(), other, "{}");
        String same = there.text();
        String none = nowhere.text();
        for (String mark : b.marks()) {
          same = same.replace(mark, "z".repeat(mark.length()));
        }
        if (there.status() == 200 || there.status() != nowhere.status() || !same.equals(none)) {
          told.add(
              each
                  + " "
                  + route.method()
                  + " "
                  + path
                  + ": "
                  + there.status()
                  + " "
                  + same
                  + " but "
                  + nowhere.status()
                  + " "
                  + none);
        }
      }
    }
    assertThat(told).isEmpty();
    String evidence = b.agent.evidence.value();
    List<String> questions =
        List.of(
            "/api/v1/timeline?evidence=" + evidence,
            "/api/v1/timeline?evidence=" + a.agent.evidence + "," + evidence,
            "/api/v1/timeline?case=" + b.aCase,
            "/api/v1/timeline/histogram?evidence=" + evidence,
            "/api/v1/timeline/types?case=" + b.aCase);
    for (String each : questions) {
      assertThat(Team.get(callers.get("adminA"), each).status()).as(each).isEqualTo(404);
      assertThat(Team.get(callers.get("viewer"), each).status()).as(each).isEqualTo(200);
    }
    for (String each :
        List.of(
            "/api/v1/custody?evidence=" + evidence,
            "/api/v1/holds?evidence=" + evidence + "," + a.agent.evidence,
            "/api/v1/cases?evidence=" + evidence,
            "/api/v1/cases?tag=tag-" + B,
            "/api/v1/evidence?agent=" + b.agent.id,
            "/api/v1/evidence?service=service-" + B,
            "/api/v1/captures?agent=" + b.agent.id,
            "/api/v1/alerts?service=service-" + B,
            "/api/v1/alerts?rule=rule-" + B,
            "/api/v1/agents?pod=pod-" + B)) {
      Answer answer = Team.get(callers.get("adminA"), each);
      assertThat(answer.status()).as(each).isEqualTo(200);
      assertThat(answer.text()).as(each).doesNotContain(b.marks());
    }
    for (String id :
        List.of(
            evidence.toUpperCase(Locale.ROOT),
            evidence.substring(0, evidence.length() - 1),
            "%" + Integer.toHexString(evidence.charAt(0)) + evidence.substring(1),
            evidence + "%00",
            evidence + "%2e",
            a.agent.evidence + "%2f..%2f" + evidence)) {
      for (String end : List.of("", "/bag", "/findings", "/artifacts/threads.txt")) {
        Answer answer = Team.get(callers.get("adminA"), "/api/v1/evidence/" + id + end);
        assertThat(answer.status()).as(id + end).isIn(400, 404);
        assertThat(answer.text()).as(id + end).doesNotContain(B);
      }
    }
  }

  private void searchesOverRows_readOnlyOnesOwn() {
    String rows = "/api/v1/search/rows";
    Caller mine = callers.get("viewerA");
    Answer started = Team.send(mine, "POST", rows, "{\"words\":\"evil.example\"}");
    assertThat(started.status()).as(started.text()).isEqualTo(202);
    String search = rows + "/" + started.json().path("id").asText();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !Team.get(mine, search).text().contains("\"running\""));

    assertThat(Team.get(mine, search).text())
        .contains("\"evidence\":\"" + a.agent.evidence + "\"")
        .doesNotContain(b.marks());
    assertThat(Team.get(callers.get("responderA"), search).status()).isEqualTo(404);
    assertThat(Team.get(callers.get("viewer"), search).status()).isEqualTo(404);
  }

  /** Of the Model Context Protocol. */
  private void tools_giveATeamOnlyItsOwn() {
    Set<String> leaks = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    for (String list :
        List.of(
            "agents_list",
            "alert_groups_list",
            "alerts_list",
            "captures_list",
            "evidence_list",
            "hunts_list",
            "cases_list")) {
      String text = tool("viewerA", list, "");
      b.marks().stream().filter(text::contains).forEach(mark -> leaks.add(list + ": " + mark));
      if (a.marks().stream().noneMatch(text::contains)) {
        silent.add(list + ": " + text);
      }
    }
    String found = tool("viewerA", "search", "\"words\":\"evil.example\"");
    b.marks().stream().filter(found::contains).forEach(mark -> leaks.add("search: " + mark));
    for (Team team : List.of(a, b)) {
      String evidence = "\"evidence\":\"" + team.agent.evidence + "\"";
      Map<String, String> calls = new LinkedHashMap<>();
      for (String part : List.of("hunt_show", "hunt_rows", "hunt_agents")) {
        calls.put(part, "\"hunt\":\"" + team.hunt + "\"");
      }
      calls.put("agent_libraries", "\"agent\":\"" + team.agent.id + "\"");
      calls.put("libraries_find", "\"name\":\"log4j*\"");
      calls.put("agent_journal", "\"agent\":\"" + team.agent.id + "\"");
      calls.put("alert_group_show", "\"group\":\"" + team.alert + "\"");
      calls.put("alert_show", "\"alert\":\"" + team.alert + "\"");
      calls.put("capture_show", "\"capture\":\"" + team.capture + "\"");
      calls.put("evidence_show", evidence);
      calls.put("evidence_text", evidence + ",\"artifact\":\"threads.txt\"");
      calls.put("evidence_findings", evidence + ",\"part\":\"scope\"");
      calls.put("evidence_custody", evidence);
      calls.put("timeline_read", evidence);
      calls.put("evidence_compare", evidence + ",\"with\":\"" + b.agent.evidence + "\"");
      calls.put("case_show", "\"case\":\"" + team.aCase + "\"");
      calls.put("case_notes", "\"case\":\"" + team.aCase + "\"");
      calls.forEach(
          (name, arguments) -> {
            String text = tool("viewerA", name, arguments);
            b.marks().stream()
                .filter(text::contains)
                .forEach(mark -> leaks.add(name + " of " + team.mark + ": " + mark));
            if (team == a
                && text.contains("\"isError\":true")
                && !name.equals("evidence_compare")) { // with one of team B
              silent.add(name + ": " + text);
            }
          });
    }
    assertThat(leaks).as("of team B, in tools' answers to team A").isEmpty();
    assertThat(silent).as("tools that keep from team A its own").isEmpty();
    assertThat(tool("viewer", "evidence_list", ""))
        .contains(a.agent.evidence.value(), b.agent.evidence.value());
  }

  private String tool(String caller, String name, String arguments) {
    Answer answer =
        Team.send(
            callers.get(caller),
            "POST",
            "/mcp",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\""
                + name
                + "\",\"arguments\":{"
                + arguments
                + "}}}");
    assertThat(answer.status()).as(name + ": " + answer.text()).isEqualTo(200);
    return answer.text();
  }

  private void othersAreLeftOut_ofWhatTeamADoes() {
    Caller responder = callers.get("responderA");
    String sql = "{\"sql\":\"SELECT count(*) FROM events\",\"%s\":%s}";
    String list = "[\"" + a.agent.evidence + "\",\"" + b.agent.evidence + "\"]";
    for (String question :
        List.of(
            String.format(sql, "evidence", list),
            String.format(sql, "case", "\"" + b.aCase + "\""))) {
      assertThat(Team.send(responder, "POST", "/api/v1/query", question).status())
          .as(question)
          .isEqualTo(404);
    }
    for (String target :
        List.of(
            "{\"agent\":\"" + b.agent.id + "\"}",
            "{\"namespace\":\"namespace-" + B + "\"}",
            "{\"service\":\"service-" + B + "\"}",
            "{\"labels\":{\"team\":\"" + B + "\"}}",
            "{\"pod\":\"pod-" + B + "\"}")) {
      String body = "{\"target\":" + target + "}";
      assertThat(Team.send(responder, "POST", "/api/v1/captures", body).status())
          .as(target)
          .isEqualTo(404);
    }
    Answer added =
        Team.send(
            responder, "PUT", "/api/v1/cases/" + a.aCase + "/evidence/" + b.agent.evidence, "");
    assertThat(added.status()).isEqualTo(404);
    // an empty case is its maker's
    Answer made = Team.send(responder, "POST", "/api/v1/cases", "{\"title\":\"of a responder\"}");
    assertThat(made.status()).isEqualTo(201);
    String path = "/api/v1/cases/" + made.json().get("id").asText();
    assertThat(Team.get(responder, path).status()).isEqualTo(200);
    assertThat(Team.get(callers.get("adminA"), path).status()).isEqualTo(404);
    // a case that gets another team's evidence is gone for the first, also when that has left it
    String of = path + "/evidence/";
    Caller admin = callers.get("admin");
    assertThat(Team.send(responder, "PUT", of + a.agent.evidence, "").status()).isEqualTo(204);
    assertThat(Team.get(callers.get("adminA"), path).status()).isEqualTo(200);
    assertThat(Team.send(admin, "PUT", of + b.agent.evidence, "").status()).isEqualTo(204);
    assertThat(Team.get(responder, path).status()).isEqualTo(404);
    assertThat(Team.get(callers.get("adminB"), path).status()).isEqualTo(404);
    assertThat(Team.send(admin, "DELETE", of + b.agent.evidence, "").status()).isEqualTo(204);
    assertThat(Team.get(responder, path).status()).isEqualTo(404);
    assertThat(Team.get(responder, "/api/v1/cases").text()).doesNotContain(path.substring(14));
    assertThat(Team.send(admin, "DELETE", path, "").status()).isEqualTo(204);
  }
}
