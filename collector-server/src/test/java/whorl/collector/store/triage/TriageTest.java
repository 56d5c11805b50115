package whorl.collector.store.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.store.triage.GroupedAlerts.START;
import static whorl.collector.store.triage.GroupedAlerts.alert;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

@ParameterizedClass
@EnumSource
class TriageTest {
  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Triage triage;
  private AlertLedger ledger;
  private GroupLists lists;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    triage = new Triage(database, () -> START);
    ledger =
        new AlertLedger(
            database, 1_000, 1 << 20, new AlertGroups(database, new AlertMutes(database)));
    lists = new GroupLists(database);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private Triage.Outcome change(Id group, Triage.Change change) throws IOException {
    return triage.ofGroup(group, change, "somebody", (changed, acts) -> {});
  }

  @Test
  void manyPeopleAtOnce_oneDecides_andAllCommentsAreKept() throws Exception {
    Id group = alert().in(ledger);
    ExecutorService people = Executors.newFixedThreadPool(8);
    List<Future<Triage.Outcome>> decisions = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        String who = "person-" + i;
        decisions.add(
            people.submit(
                () -> {
                  triage.ofGroup(
                      group,
                      new Triage.Change(null, null, "by " + who, null),
                      who,
                      (changed, acts) -> {});
                  return triage.ofGroup(
                      group,
                      new Triage.Change(TriageState.ACKNOWLEDGED, who, null, 0L),
                      who,
                      (changed, acts) -> {});
                }));
      }
      int decided = 0;
      for (Future<Triage.Outcome> each : decisions) {
        decided += each.get() instanceof Triage.Outcome.Done ? 1 : 0;
      }
      assertThat(decided).isEqualTo(1);
    } finally {
      people.shutdown();
    }
    assertThat(lists.find(group).version()).isEqualTo(1);
    assertThat(lists.acts(group))
        .filteredOn(act -> act.act() == AlertAct.Kind.COMMENT)
        .extracting(AlertAct::text)
        .hasSize(8)
        .doesNotHaveDuplicates();
    String assignee = lists.find(group).assignee();
    assertThat(lists.acts(group))
        .filteredOn(act -> act.act() != AlertAct.Kind.COMMENT)
        .hasSize(2)
        .allSatisfy(act -> assertThat(act.by()).isEqualTo(assignee));
  }

  @Test
  void change_thatCustodyCannotTake_isNotMade() throws IOException {
    Id group = alert().in(ledger);

    assertThatThrownBy(
            () ->
                triage.ofGroup(
                    group,
                    new Triage.Change(TriageState.RESOLVED, "somebody", "done", null),
                    "somebody",
                    (changed, acts) -> {
                      throw new IOException("the disk is full");
                    }))
        .hasMessageContaining("the disk is full");

    assertThat(lists.find(group).state()).isEqualTo(TriageState.OPEN);
    assertThat(lists.acts(group)).isEmpty();
  }

  @Test
  void whatIsSoAlready_isNoAct_andNoNewVersion() throws IOException {
    Id group = alert().in(ledger);
    change(group, new Triage.Change(TriageState.OPEN, "", null, null));
    assertThat(lists.acts(group)).isEmpty();

    change(group, new Triage.Change(null, "somebody", null, null));
    change(group, new Triage.Change(null, "", null, null));
    assertThat(lists.find(group).assignee()).isNull();
    assertThat(lists.find(group).version()).isEqualTo(2);
    assertThat(lists.triaged(List.of(group)).get(group).assignee()).isNull();
  }

  @Test
  void comments_areBounded() throws IOException {
    Id group = alert().in(ledger);
    database.inTransaction(
        () -> {
          for (int i = 0; i < Triage.ACTS_MAX; i++) {
            change(group, new Triage.Change(null, null, "comment " + i, null));
          }
          return group;
        });

    assertThat(change(group, new Triage.Change(null, null, "one more", null)))
        .isInstanceOf(Triage.Outcome.Full.class);
    assertThat(change(new Id("alert-unknown"), new Triage.Change(null, null, "x", null)))
        .isInstanceOf(Triage.Outcome.NotFound.class);
  }
}
