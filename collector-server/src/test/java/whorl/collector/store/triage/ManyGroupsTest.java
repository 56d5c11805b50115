package whorl.collector.store.triage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import whorl.evidence.Level;

/** The page of alerts with 100,000 of them in 20,000 groups; it prints how fast. */
@Tag("long") // what it answers is in GroupListsTest
@ParameterizedClass
@EnumSource
class ManyGroupsTest {
  private static final int GROUPS = 20_000;
  private static final int ALERTS_OF_EACH = 5;
  private static final int ROUNDS = 21;
  private static final Duration MEDIAN_MAX = Duration.ofMillis(50);

  /** Twice, as there are two searches by the index: for the page, and for what is muted. */
  private static final Duration RARE_WORDS_MAX = Duration.ofMillis(100);

  private static final Instant START = Instant.parse("2026-11-29T08:00:00Z");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private GroupLists lists;

  private interface Question {
    int ask() throws IOException;
  }

  @Test
  void pageOfGroups_answersWithin50MillisecondsAtTheMedian() throws IOException {
    try (TestDatabase data = TestDatabase.create(engine, folder)) {
      Database database = data.open();
      fill(database);
      lists = new GroupLists(database);
      Scope team = new Scope(List.of(new Part(Set.of("namespace-8"), Set.of(), Map.of())));
      median("newest 50, and how many are muted", 50, () -> page(Scope.EVERYTHING, filter()));
      median(
          "unfinished of high level",
          50,
          () -> page(Scope.EVERYTHING, filter(Level.HIGH, null, null, null)));
      median(
          "critical (few)",
          20,
          () -> page(Scope.EVERYTHING, filter(Level.CRITICAL, null, null, null)));
      median(
          "of a service", 50, () -> page(Scope.EVERYTHING, filter(null, "service-4", null, null)));
      median("of no service", 0, () -> page(Scope.EVERYTHING, filter(null, "none", null, null)));
      median(
          "with a common word",
          50,
          () -> page(Scope.EVERYTHING, filter(null, null, "started", null)));
      median(
          "with two words, in a few",
          20,
          () -> page(Scope.EVERYTHING, filter(null, null, "needle shop", null)));
      median(
          "of the last hours",
          50,
          () -> page(Scope.EVERYTHING, filter(null, null, null, START.plusSeconds(15_000))));
      median("of a team", 50, () -> page(team, filter()));
      Long deep = lists.page(Scope.EVERYTHING, GroupFilter.ALL, null, 9_000).next();
      median(
          "50 after 9,000",
          50,
          () -> lists.page(Scope.EVERYTHING, GroupFilter.ALL, deep, 50).items().size());
    }
  }

  private int page(Scope scope, GroupFilter filter) throws IOException {
    int muted = lists.countMuted(scope, filter);
    assertThat(muted).isLessThanOrEqualTo(GroupLists.MUTED_COUNTED_MAX);
    return lists.page(scope, filter, null, 50).items().size();
  }

  private void median(String name, int rows, Question question) throws IOException {
    long[] nanos = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long begun = System.nanoTime();
      assertThat(question.ask()).as(name).isEqualTo(rows);
      nanos[i] = System.nanoTime() - begun;
    }
    Arrays.sort(nanos);
    Duration median = Duration.ofNanos(nanos[ROUNDS / 2]);
    System.out.printf("%s, 100,000 alerts, %s: %.1f ms%n", engine, name, median.toNanos() / 1e6);
    boolean rareWords = name.startsWith("with two words");
    assertThat(median).as(name).isLessThan(rareWords ? RARE_WORDS_MAX : MEDIAN_MAX);
  }

  private static GroupFilter filter() {
    return filter(null, null, null, null);
  }

  private static GroupFilter filter(Level atLeast, String service, String words, Instant from) {
    return new GroupFilter(
        service,
        null,
        null,
        atLeast,
        null,
        Set.of(TriageState.OPEN, TriageState.ACKNOWLEDGED),
        null,
        words,
        from,
        null,
        GroupFilter.Muted.HIDE);
  }

  private static String id(int group) {
    return String.format("alert-%07d", group);
  }

  /** One group in a hundred is muted, one in a thousand critical, half of them are done. */
  private void fill(Database database) throws IOException {
    OriginLedger origins = new OriginLedger(database);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ids.add(origins.idOf(new Origin("namespace-" + i, "service-" + i, Map.of())));
    }
    List<Object[]> groups = new ArrayList<>();
    List<Object[]> alerts = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      long at = START.plusSeconds(i).toEpochMilli();
      String state = i % 2 == 0 ? "open" : "resolved";
      int level = i % 1_000 == 0 ? 5 : i % 10 == 0 ? 4 : 3;
      groups.add(
          new Object[] {
            id(i),
            (long) (i + 1) * ALERTS_OF_EACH,
            "service-" + i % 50,
            level,
            at,
            at,
            state,
            i % 100 == 42 ? 0 : 1,
            ids.get(i % 50)
          });
      for (int k = 0; k < ALERTS_OF_EACH; k++) {
        alerts.add(
            new Object[] {
              (long) i * ALERTS_OF_EACH + k + 1,
              id(i) + (k == 0 ? "" : "-" + k),
              id(i),
              at,
              "service-" + i % 50,
              level,
              state,
              "process started by a request rule-"
                  + i % 30
                  + " shop /bin/sh -c id /var/lib/tomcat/webapps/shop.war "
                  + (i % 1_000 == 0 && k == 3 ? "needle " : "")
                  + "x".repeat(300)
            });
      }
    }
    database.updateAll(
        "INSERT INTO alert_groups (id, last_seq, whose, agent, service, source, level, title,"
            + " titles, alerts, first_at, last_at, state, version, shown, origin) VALUES"
            + " (?, ?, '{}', 'agent-00000001', ?, 'whorl', ?, 'Process started by a request',"
            + " '[]', 5, ?, ?, ?, 0, ?, ?)",
        groups);
    database.updateAll(
        "INSERT INTO alert_triage (seq, id, group_id, agent, at, rule, service, level, state,"
            + " version, words) VALUES (?, ?, ?, 'agent-00000001', ?, 'rule-1', ?, ?, ?, 0, ?)",
        alerts);
    database.update("ANALYZE");
  }
}
