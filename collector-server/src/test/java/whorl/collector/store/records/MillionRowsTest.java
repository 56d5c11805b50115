package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Part;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/** A catalog of a million pieces of evidence answers at once, and prints how fast. */
@Tag("long")
@ParameterizedClass
@EnumSource
class MillionRowsTest {
  private static final int ROWS = 1_000_000;
  private static final int ROUNDS = 21;
  private static final Duration MEDIAN_MAX = Duration.ofMillis(200);

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;

  private interface Question {
    void ask() throws IOException;
  }

  @Test
  void listsAndFilters_answerWithin200MillisecondsAtTheMedian() throws IOException {
    try (TestDatabase data = TestDatabase.create(engine, folder)) {
      Database database = data.open();
      fill(database);
      Catalog catalog = Catalog.open(database);
      String deep = catalog.page(Scope.EVERYTHING, filter(null, null, null), null, 9_000).next();
      Id agent = new Id("agent-00042");

      median("newest 50", () -> catalog.page(Scope.EVERYTHING, filter(null, null, null), null, 50));
      median(
          "50 after 9,000",
          () -> catalog.page(Scope.EVERYTHING, filter(null, null, null), deep, 50));
      median(
          "of a large service",
          () -> catalog.page(Scope.EVERYTHING, filter("shop", null, null), null, 50));
      median(
          "of a rare service",
          () -> catalog.page(Scope.EVERYTHING, filter("rare", null, null), null, 50));
      median(
          "of no service",
          () -> catalog.page(Scope.EVERYTHING, filter("none", null, null), null, 50));
      median(
          "of an agent", () -> catalog.page(Scope.EVERYTHING, filter(null, agent, null), null, 50));
      median(
          "partial",
          () -> catalog.page(Scope.EVERYTHING, filter(null, null, CaptureState.PARTIAL), null, 50));
      median(
          "partial of a large service",
          () ->
              catalog.page(Scope.EVERYTHING, filter("shop", null, CaptureState.PARTIAL), null, 50));
      median(
          "failed of a large service (none)",
          () ->
              catalog.page(Scope.EVERYTHING, filter("shop", null, CaptureState.FAILED), null, 50));
      median(
          "partial of an agent",
          () ->
              catalog.page(Scope.EVERYTHING, filter(null, agent, CaptureState.PARTIAL), null, 50));
      Scope large = of("pay");
      Scope small = of("bank");
      median("of a large team", () -> catalog.page(large, filter(null, null, null), null, 50));
      median(
          "of a large team, deep", () -> catalog.page(large, filter(null, null, null), deep, 50));
      median("of a small team", () -> catalog.page(small, filter(null, null, null), null, 50));
      median(
          "of a small team, partial",
          () -> catalog.page(small, filter(null, null, CaptureState.PARTIAL), null, 50));
      median(
          "of a small team and a service",
          () -> catalog.page(small, filter("shop", null, null), null, 50));
      median("of no team", () -> catalog.page(of("none"), filter(null, null, null), null, 50));
      median("one", () -> catalog.summary(new Id("evidence-0500000")));
      median("oldest 1,000", () -> catalog.oldest(null, 1_000));
    }
  }

  private void median(String name, Question question) throws IOException {
    long[] nanos = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long begun = System.nanoTime();
      question.ask();
      nanos[i] = System.nanoTime() - begun;
    }
    Arrays.sort(nanos);
    Duration median = Duration.ofNanos(nanos[ROUNDS / 2]);
    System.out.printf("%s, a million rows, %s: %.1f ms%n", engine, name, median.toNanos() / 1e6);
    assertThat(median).as(name).isLessThan(MEDIAN_MAX);
  }

  private static Scope of(String namespace) {
    return new Scope(List.of(new Part(Set.of(namespace), Set.of(), Map.of())));
  }

  private static Catalog.Filter filter(String service, Id agent, CaptureState state) {
    return new Catalog.Filter(service, agent, state);
  }

  /** Nine in ten are of one service; one in a hundred is partial, none of the large service. */
  private void fill(Database database) throws IOException {
    String id =
        engine == TestDatabase.Engine.POSTGRESQL
            ? "'evidence-' || lpad(n::text, 7, '0'), 1700000000000 + n * 1000,"
            : "printf('evidence-%07d', n), 1700000000000 + n * 1000,";
    String numbers =
        engine == TestDatabase.Engine.POSTGRESQL
            ? "generate_series(1, " + ROWS + ") AS n"
            : "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
                + " WHERE n < "
                + ROWS
                + ") SELECT n FROM numbers)";
    String agentId =
        engine == TestDatabase.Engine.POSTGRESQL
            ? "'agent-' || lpad((n % 1000)::text, 5, '0'),"
            : "printf('agent-%05d', n % 1000),";
    OriginLedger origins = new OriginLedger(database);
    String large = origins.idOf(new Origin("pay", "shop", Map.of()));
    String small = origins.idOf(new Origin("bank", "shop", Map.of()));
    for (int part = 0; part < 10; part++) {
      database.update(
          "INSERT INTO evidence (id, sealed_at, service, agent, capture, state, record, class,"
              + " bytes, origin) SELECT "
              + id
              + " CASE WHEN n = 77 THEN 'rare' WHEN n % 10 = 0 THEN 'cart' ELSE 'shop' END, "
              + agentId
              + " 'capture-1', CASE WHEN n % 100 = 0 THEN 'partial' ELSE 'sealed' END, '"
              + "0".repeat(64)
              + "', 'alert', n, CASE WHEN n % 1000 = 7 THEN '"
              + small
              + "' ELSE '"
              + large
              + "' END FROM "
              + numbers
              + " WHERE n % 10 = "
              + part);
    }
    database.update("ANALYZE");
  }
}
