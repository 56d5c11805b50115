package whorl.collector.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.Outcome;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.timeline.index.IndexRig;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Queries, and attacks by queries. */
@Timeout(300)
class SqlQueriesTest {
  private static final int EVENTS = 300;

  private static final List<String> ATTACKS =
      List.of(
          "SELECT * FROM read_text('/etc/passwd')",
          "SELECT * FROM '/etc/passwd'",
          "SELECT * FROM read_csv('/etc/passwd', header = false)",
          "SELECT * FROM glob('/etc/*')",
          "SELECT * FROM timeline UNION ALL BY NAME SELECT content AS message FROM"
              + " read_text('/etc/passwd')",
          "WITH a AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM a",
          "SELECT (SELECT content FROM read_text('/etc/passwd'))",
          "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
          "SELECT * FROM query_table(['/etc/passwd'])",
          "SELECT * FROM sniff_csv('/etc/passwd')",
          "SELECT * FROM read_parquet('0-rows-00000.parquet')",
          "SELECT * FROM enable_logging(storage = 'file', storage_path = '/tmp/whorl-attack')",
          "SELECT * FROM duckdb_settings()",
          "SELECT * FROM duckdb_secrets()",
          "CALL enable_logging()",
          "COPY (SELECT 1) TO '/tmp/whorl-attack'",
          "COPY timeline FROM '/etc/passwd'",
          "EXPORT DATABASE '/tmp/whorl-attack'",
          "IMPORT DATABASE '/tmp/whorl-attack'",
          "ATTACH '/tmp/whorl-attack' AS a",
          "INSTALL httpfs",
          "LOAD httpfs",
          "LOAD '/tmp/whorl-attack'",
          "SET enable_external_access = true",
          "SET memory_limit = '100GB'",
          "RESET lock_configuration",
          "PRAGMA enable_profiling",
          "SELECT 1; COPY (SELECT 1) TO '/tmp/whorl-attack'",
          "SELECT 1; SELECT 2",
          "CREATE TABLE a AS SELECT 1",
          "DELETE FROM evidence",
          "DROP TABLE evidence",
          "INSERT INTO evidence (evidence) VALUES ('x')",
          "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/whorl-attack'",
          "PREPARE a AS COPY (SELECT 1) TO '/tmp/whorl-attack'",
          "EXECUTE a",
          "CREATE MACRO a() AS TABLE SELECT * FROM read_text('/etc/passwd')",
          "SELECT getenv('PATH')",
          "SELECT * FROM timeline WHERE",
          "SELECT no_such_column FROM timeline",
          // messages that are cut within a character that is two of Java's
          "SELECT \"" + "\uD83D\uDE00".repeat(1_500) + "\" FROM timeline",
          "SELECT \"a" + "\uD83D\uDE00".repeat(1_500) + "\" FROM timeline",
          "-- nothing");

  @TempDir private static Path root;
  private static IndexRig rig;
  private static SqlQueries queries;
  private static final List<SqlPiece> PIECES = new ArrayList<>();
  private static final Map<String, SqlAnswer> ANSWERS = new HashMap<>();
  private static Map<String, Digest> contentBefore;
  private static long rows;

  @BeforeAll
  static void open() throws Exception {
    rig = new IndexRig(root.resolve("data"));
    rig.index.start();
    queries = new SqlQueries(root.resolve("sql"), () -> Long.MAX_VALUE);
    for (String service : List.of("shop", "pay")) {
      FakeAgent agent = new FakeAgent();
      agent.service = service;
      agent.with("events.ndjson", events());
      Id evidence = rig.received(agent);
      rows += rig.indexed(evidence).rows();
      DuckTimeline.Rows timeline = rig.index.of(evidence);
      PIECES.add(new SqlPiece(rig.collector.store.record(evidence), timeline));
    }
    Id none = rig.received(new FakeAgent());
    PIECES.add(new SqlPiece(rig.collector.store.record(none), null));
    contentBefore = content();
  }

  @AfterAll
  static void close() throws Exception {
    queries.close();
    rig.close();
  }

  private static String events() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < EVENTS; i++) {
      lines
          .append(
              Json.text(
                  new EventLine(
                      i,
                      Instant.parse("2026-11-25T09:35:28.391825818Z").plusNanos(i),
                      "whorl.FileOpen",
                      Map.of(
                          "path", "/srv/" + i,
                          "access", "read",
                          "created", false,
                          "request.id", "r1",
                          "request.method", "GET",
                          "request.path", "/view",
                          "request.remoteAddress", "203.0.113.9"),
                      "http-1",
                      List.of("shop.Shop.open(Shop.java:1)"))))
          .append('\n');
    }
    return lines.toString();
  }

  @Test
  void select_hasAllRows_withValuesOfRequestStackAndEvidence() throws Exception {
    assertThat(found("SELECT count(*) AS n FROM timeline")).isEqualTo(List.of("[" + rows + "]"));
    assertThat(found("SELECT count(*) FROM whorl.lake.timeline"))
        .isEqualTo(List.of("[" + rows + "]"));
    assertThat(
            found(
                "SELECT service, url_path, source_ip, http_request_method, jvm_stack_trace,"
                    + " event_time, event_nanos % 1000 FROM timeline WHERE file_path = '/srv/7'"
                    + " ORDER BY service"))
        .containsExactly(
            "[\"pay\",\"/view\",\"203.0.113.9\",\"GET\",\"shop.Shop.open(Shop.java:1)\","
                + "\"2026-11-25T09:35:28.391825Z\",825]",
            "[\"shop\",\"/view\",\"203.0.113.9\",\"GET\",\"shop.Shop.open(Shop.java:1)\","
                + "\"2026-11-25T09:35:28.391825Z\",825]");
    assertThat(
            found(
                "SELECT e.service, e.state, e.has_timeline, count(t.evidence) > 0 FROM evidence e"
                    + " LEFT JOIN timeline t USING (evidence) GROUP BY ALL ORDER BY ALL"))
        .containsExactly(
            "[\"pay\",\"sealed\",true,true]",
            "[\"shop\",\"sealed\",false,false]",
            "[\"shop\",\"sealed\",true,true]");
  }

  @Test
  void noTimelineAtAll_isAnEmptyTable() throws Exception {
    SqlAnswer answer =
        queries.ask("SELECT * FROM timeline", List.of(PIECES.get(2)), SqlLimits.STANDARD);
    try (SqlResult result = ((SqlAnswer.Found) answer).result()) {
      assertThat(result.columns()).contains("event_time", "file_path", "evidence");
      result.each(row -> assertThat(row).isNull());
    }
  }

  @Test
  void moreRowsThanAllowed_areCutOff_andThatIsSaid() throws Exception {
    SqlAnswer answer = queries.ask("SELECT * FROM range(100)", PIECES, SqlLimits.STANDARD.rows(10));
    try (SqlResult result = ((SqlAnswer.Found) answer).result()) {
      List<JsonNode> found = new ArrayList<>();
      result.each(found::add);
      assertThat(found).hasSize(10);
      assertThat(result.truncated()).isEqualTo("there are more than 10 rows");
    }
  }

  static List<String> attacks() {
    return ATTACKS;
  }

  /** A JVM for each takes minutes: those of the other tests show that each has one. */
  @ParameterizedTest
  @MethodSource("attacks")
  void everythingButOneSelectOfTheTables_isRefused(String sql) throws Exception {
    assertRefused(answersOfAll().get(sql));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT * FROM read_text('/etc/passwd')", ""})
  void refusal_comesFromTheJvmOfTheQuery(String sql) throws Exception {
    assertRefused(queries.ask(sql, PIECES, SqlLimits.STANDARD));
  }

  private static void assertRefused(SqlAnswer answer) throws IOException {
    assertThat(answer).isInstanceOf(SqlAnswer.Refused.class);
    String problem = ((SqlAnswer.Refused) answer).problem();
    assertThat(problem).isNotBlank().doesNotContain("root:").doesNotContain(root.toString());
    assertThat(Path.of("/tmp/whorl-attack")).doesNotExist();
    assertThat(content()).isEqualTo(contentBefore);
  }

  /** Asked at the first call, all in one confined JVM. */
  private static Map<String, SqlAnswer> answersOfAll() throws Exception {
    if (ANSWERS.isEmpty()) {
      List<String> folders = new ArrayList<>();
      for (int i = 0; i < ATTACKS.size(); i++) {
        Path work = Files.createDirectories(root.resolve("attacks/" + i));
        assertThat(queries.prepare(ATTACKS.get(i), PIECES, SqlLimits.STANDARD, work)).isNull();
        folders.add(work.toString());
      }
      try (ConfinedJvm confined =
          new ConfinedJvm(root.resolve("attacks-jvm"), 1, Duration.ofSeconds(30))) {
        Outcome outcome =
            confined.run(
                ConfinedRun.of(ManyQueries.class, folders, 192L << 20, Duration.ofMinutes(2))
                    .quick()
                    .outputMax(1 << 20),
                line -> {});
        for (int i = 0; i < ATTACKS.size(); i++) {
          ANSWERS.put(
              ATTACKS.get(i),
              SqlQueries.answer(outcome, Path.of(folders.get(i)), SqlLimits.STANDARD));
        }
      }
    }
    return ANSWERS;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM timeline a, timeline b, timeline c, timeline d",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t",
        "SELECT sum(hash(a.range)) FROM range(10000000) a, range(10000000) b",
        "SELECT length(repeat(message, 50000000)) FROM timeline",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(100000)",
        "SELECT list(range) FROM range(10000000000)",
        "SELECT * FROM range(100000000) ORDER BY hash(range)"
      })
  void endlessOrHugeQueries_areGivenUp(String sql) throws Exception {
    long began = System.nanoTime();

    SqlAnswer answer = queries.ask(sql, PIECES, SqlLimits.STANDARD.time(Duration.ofSeconds(8)));

    if (answer instanceof SqlAnswer.Found found) {
      // sorted with what it may spill
      found.result().close();
      assertThat(sql).contains("ORDER BY");
    } else if (answer instanceof SqlAnswer.Refused refused) {
      assertThat(refused.problem()).containsIgnoringCase("memory");
    } else {
      assertThat(answer).isInstanceOf(SqlAnswer.TooExpensive.class);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(40));
    try (Stream<Path> left = Files.list(root.resolve("sql"))) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("query"))).isEmpty();
    }
  }

  /** A copy may have gigabytes: those that only wait must not have one each. */
  @Test
  void queriesThatWait_copyNothing() throws Exception {
    CountDownLatch copying = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger copies = new AtomicInteger();
    LongSupplier room =
        () -> {
          copies.incrementAndGet();
          copying.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return 0;
        };
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (SqlQueries slow = new SqlQueries(root.resolve("slow"), room, Duration.ofMillis(50))) {
      for (int i = 0; i < 2; i++) {
        Future<SqlAnswer> unused =
            threads.submit(() -> slow.ask("SELECT 1", PIECES, SqlLimits.STANDARD));
      }
      copying.await();

      SqlAnswer third = slow.ask("SELECT 1", PIECES, SqlLimits.STANDARD);

      go.countDown();
      assertThat(third).isInstanceOf(SqlAnswer.Busy.class);
      assertThat(copies).hasValue(2);
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<String> found(String sql) throws Exception {
    SqlAnswer answer = queries.ask(sql, PIECES, SqlLimits.STANDARD);
    assertThat(answer).isInstanceOf(SqlAnswer.Found.class);
    List<String> found = new ArrayList<>();
    try (SqlResult result = ((SqlAnswer.Found) answer).result()) {
      result.each(row -> found.add(row.toString()));
    }
    return found;
  }

  /** The digests of all files of the evidence. */
  private static Map<String, Digest> content() throws IOException {
    Map<String, Digest> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root.resolve("data/evidence"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(file.toString(), Digest.of(Files.readAllBytes(file)));
      }
    }
    return content;
  }
}
