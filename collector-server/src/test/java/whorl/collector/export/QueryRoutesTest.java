package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.sql.SqlQueries;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.timeline.index.IndexRig;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Questions in SQL to a collector, and by the command line to its folder. */
@Timeout(300)
class QueryRoutesTest {
  private static final Id CASE = new Id("case-0001");

  @TempDir private static Path root;
  private static IndexRig rig;
  private static SqlQueries queries;
  private static FakeClient viewer;
  private static Id one;
  private static Id other;
  private final CliRun cli = new CliRun();

  @BeforeAll
  static void open() throws Exception {
    rig = new IndexRig(root.resolve("data"));
    rig.index.start();
    queries = new SqlQueries(root.resolve("sql"), () -> Long.MAX_VALUE);
    one = evidence("shop");
    other = evidence("pay");
    viewer =
        new FakeClient(
            new QueryRoutes(
                    queries,
                    rig.collector.store,
                    rig.collector.catalog,
                    (request, id, limit) -> id.equals(CASE) ? List.of(one) : null,
                    SeenEvidence.ALL,
                    rig.index,
                    rig.index,
                    new ExportLog(rig.collector.custody, Instant::now))
                .routes(),
            Role.VIEWER);
  }

  @AfterAll
  static void close() throws Exception {
    queries.close();
    rig.close();
  }

  private static Id evidence(String service) {
    FakeAgent agent = new FakeAgent();
    agent.service = service;
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      lines.add(
          Json.text(
              new EventLine(
                  i,
                  Instant.parse("2026-11-25T09:35:28Z").plusSeconds(i),
                  "whorl.FileOpen",
                  Map.of("path", "=cmd" + i, "access", "read", "created", false),
                  "http-1",
                  List.of())));
    }
    agent.with("events.ndjson", String.join("\n", lines) + "\n");
    Id evidence = rig.received(agent);
    rig.indexed(evidence);
    return evidence;
  }

  @Test
  void evidenceCaseAndTime_areAnswered_andInCustody() throws Exception {
    String count =
        "SELECT service, count(*) AS n FROM timeline WHERE event_action = 'whorl.FileOpen'"
            + " GROUP BY service ORDER BY service";

    JsonNode ofOne = ask("sql", count, "evidence", List.of(one.value())).json();
    JsonNode ofCase = ask("sql", count, "case", CASE.value()).json();
    JsonNode ofTime = ask("sql", count, "since", "2020-01-01T00:00:00Z").json();
    JsonNode ofService =
        ask("sql", count, "since", "2020-01-01T00:00:00Z", "service", "pay").json();

    assertThat(ofOne.toString())
        .isEqualTo("{\"columns\":[\"service\",\"n\"],\"rows\":[[\"shop\",20]],\"leftOut\":[]}");
    assertThat(ofCase).isEqualTo(ofOne);
    assertThat(ofTime.path("rows").toString()).isEqualTo("[[\"pay\",20],[\"shop\",20]]");
    assertThat(ofService.path("rows").toString()).isEqualTo("[[\"pay\",20]]");
    for (Id evidence : List.of(one, other)) {
      assertThat(
              rig.collector.custody.lines(evidence).stream()
                  .map(String::new)
                  .collect(Collectors.joining()))
          .contains("rows by SQL")
          .contains("viewer");
    }
  }

  /** Files that are in use stay in the cache of a collector, whatever its limit is. */
  @Test
  void timelines_areReleased_alsoIfAnotherOneIsNotThere() {
    List<Id> taken = new ArrayList<>();
    List<Id> released = new ArrayList<>();
    FakeClient client =
        new FakeClient(
            new QueryRoutes(
                    queries,
                    rig.collector.store,
                    rig.collector.catalog,
                    (request, id, limit) -> null,
                    SeenEvidence.ALL,
                    rig.index,
                    evidence -> {
                      DuckTimeline.Rows rows = rig.index.of(evidence);
                      taken.add(evidence);
                      return new DuckTimeline.Rows(
                          rows.folder(),
                          rows.files(),
                          rows.constants(),
                          () -> released.add(evidence));
                    },
                    new ExportLog(rig.collector.custody, Instant::now))
                .routes(),
            Role.VIEWER);

    Answer answer = client.call("POST", "/api/v1/query", Map.of(), about(one, other));
    Answer refused =
        client.call("POST", "/api/v1/query", Map.of(), about(one, new Id("no-such-one")));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(refused.status()).isEqualTo(404);
    assertThat(taken).containsExactly(one, other, one);
    assertThat(released).isEqualTo(taken);
  }

  @Test
  void formats_haveTheRows_andNoFormulas() {
    String files = "SELECT jvm_row, file_path FROM timeline WHERE file_path = '=cmd7'";

    Answer csv = ask("sql", files, "evidence", List.of(one.value()), "format", "csv");
    Answer ndjson = ask("sql", files, "evidence", List.of(one.value()), "format", "ndjson");

    assertThat(csv.text()).matches("\"jvm_row\",\"file_path\"\r\n\\d+,\"'=cmd7\"\r\n");
    assertThat(ndjson.text()).matches("\\{\"jvm_row\":\\d+,\"file_path\":\"=cmd7\"}\n");
  }

  @Test
  void badQuestions_areNamed() {
    assertThat(ask("sql", "SELECT 1").text()).contains("either evidence, case or since");
    assertThat(ask("sql", "SELECT 1", "case", "case-0002").status()).isEqualTo(404);
    assertThat(ask("sql", "SELECT 1", "since", "2100-01-01T00:00:00Z").status()).isEqualTo(404);
    assertThat(ask("sql", "SELECT 1", "since", "now").text()).contains("RFC 3339");
    assertThat(ask("sql", "SELECT 1", "since", "+999999999-01-01T00:00:00Z").text())
        .contains("RFC 3339");
    assertThat(ask("case", CASE.value()).text()).contains("sql is missing");
    assertThat(ask("sql", "SELECT 1", "case", CASE.value(), "limit", 0).status()).isEqualTo(400);
    assertThat(ask("sql", "SELECT 1", "case", CASE.value(), "format", "x").status()).isEqualTo(400);
    assertThat(ask("sql", "SELECT 1", "case", CASE.value(), "more", 1).text())
        .contains("unknown field more");
    Answer refused = ask("sql", "DROP TABLE timeline", "case", CASE.value());
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains("only SELECT is allowed");
  }

  @Test
  void commandLine_readsAFolder() throws Exception {
    String data = root.resolve("data").toString();

    int status =
        cli.run(
            "query",
            "--data",
            data,
            "--sql",
            "SELECT service, count(*) AS n FROM timeline WHERE file_path LIKE '=cmd%' GROUP BY 1"
                + " ORDER BY 1");

    assertThat(cli.err()).isEmpty();
    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out().lines().map(line -> line.replaceAll("\\s+", " ").strip()))
        .containsExactly("service n", "pay 20", "shop 20");
  }

  @Test
  void commandLine_leavesNoFile_whenTheQueryIsRefused() {
    Path out = root.resolve("out.csv");

    int status =
        cli.run(
            "query",
            "--data",
            root.resolve("data").toString(),
            "--evidence",
            one.value(),
            "--out",
            out.toString(),
            "--sql",
            "SELECT nothing FROM timeline");

    assertThat(status).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("nothing");
    assertThat(out).doesNotExist();
  }

  @Test
  void secondQueryOfAPerson_waitsForTheFirst() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    FakeClient slow =
        new FakeClient(
            new QueryRoutes(
                    queries,
                    rig.collector.store,
                    rig.collector.catalog,
                    (request, id, limit) -> {
                      asked.countDown();
                      try {
                        go.await();
                      } catch (InterruptedException e) {
                        throw new IOException("interrupted", e);
                      }
                      return null;
                    },
                    SeenEvidence.ALL,
                    rig.index,
                    rig.index,
                    new ExportLog(rig.collector.custody, Instant::now))
                .routes(),
            Role.VIEWER);
    byte[] ofCase = Json.bytes(Map.of("sql", "SELECT 1", "case", CASE.value()));
    byte[] ofNone = Json.bytes(Map.of("sql", "SELECT 1", "evidence", List.of("evidence-9999")));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Answer> first =
          thread.submit(() -> slow.call("POST", "/api/v1/query", Map.of(), ofCase));
      asked.await();

      Answer second = slow.call("POST", "/api/v1/query", Map.of(), ofNone);
      Answer ofOther =
          slow.as(new Principal(Role.VIEWER, "somebody-else"))
              .call("POST", "/api/v1/query", Map.of(), ofNone);
      go.countDown();

      assertThat(second.status()).isEqualTo(429);
      assertThat(ofOther.status()).isEqualTo(404);
      assertThat(first.get().status()).isEqualTo(404);
      assertThat(slow.call("POST", "/api/v1/query", Map.of(), ofNone).status()).isEqualTo(404);
    } finally {
      thread.shutdownNow();
    }
  }

  private static byte[] about(Id... evidence) {
    List<String> ids = List.of(evidence).stream().map(Id::value).toList();
    return Json.bytes(Map.of("sql", "SELECT 1", "evidence", ids));
  }

  private static Answer ask(Object... namesAndValues) {
    Map<String, Object> question = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      question.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return viewer.call("POST", "/api/v1/query", Map.of(), Json.bytes(question));
  }
}
