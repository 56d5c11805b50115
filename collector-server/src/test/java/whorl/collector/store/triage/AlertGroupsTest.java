package whorl.collector.store.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static whorl.collector.store.triage.GroupedAlerts.START;
import static whorl.collector.store.triage.GroupedAlerts.alert;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Deed;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Which alerts are one group. */
class AlertGroupsTest extends TriageFixture {
  @Test
  void alertsOfOneAttack_areOneGroup_withTheGravestOnTop() throws IOException {
    Id first = alert().request("r1", "192.0.2.7").captured("capture-1").in(ledger);
    alert()
        .rule("rule-2", Level.CRITICAL, "Shell by injected code")
        .request("r2", "192.0.2.7")
        .captured("capture-1")
        .after(Duration.ofSeconds(2))
        .in(ledger);
    for (int i = 0; i < 13; i++) {
      alert().request("r" + (i + 3), "192.0.2.7").after(Duration.ofSeconds(3 + i)).in(ledger);
    }
    alert().after(Duration.ofSeconds(20)).in(ledger); // of no request

    assertThat(all()).hasSize(1);
    AlertGroup group = all().get(0);
    assertThat(group.id()).isEqualTo(first);
    assertThat(group.level()).isEqualTo(Level.CRITICAL);
    assertThat(group.title()).isEqualTo("Shell by injected code");
    assertThat(group.alerts()).isEqualTo(16);
    assertThat(group.first()).isEqualTo(START);
    assertThat(group.last()).isEqualTo(START.plusSeconds(20));
    assertThat(group.request()).isEqualTo("GET /x from 192.0.2.7");
    assertThat(group.capture()).isEqualTo(new Id("capture-1"));
    assertThat(group.state()).isEqualTo(TriageState.OPEN);
    assertThat(group.titles())
        .extracting(Deed.Match::rule, Deed.Match::count)
        .containsExactly(tuple("rule-1", 15), tuple("rule-2", 1));
    assertThat(lists.alerts(Scope.EVERYTHING, GroupFilter.EVERY, first, null, 100).items())
        .hasSize(16);
  }

  @Test
  void others_areOtherGroups() throws IOException {
    alert().request("r1", "192.0.2.7").captured("capture-1").in(ledger);
    alert().of("agent-00000002").request("r1", "192.0.2.7").in(ledger);
    alert().request("r2", "198.51.100.9").in(ledger); // another client within the minute
    alert().request("r3", "192.0.2.7").after(Duration.ofMinutes(3)).in(ledger);
    alert().request("r4", "192.0.2.7").captured("capture-2").in(ledger);

    assertThat(all()).hasSize(5);
  }

  @Test
  void sameRequest_joins_withinTenMinutes_andPartsFollowTheirFirst() throws IOException {
    Id first = alert().request("r1", "192.0.2.7").in(ledger);
    alert().request("r1", "192.0.2.7").after(Duration.ofMinutes(9)).in(ledger);
    alert().partOf(first).after(Duration.ofHours(1)).in(ledger);
    assertThat(all()).singleElement().extracting(AlertGroup::alerts).isEqualTo(3L);

    alert().request("r1", "192.0.2.7").after(Duration.ofHours(2)).in(ledger);
    assertThat(all()).hasSize(2);
  }

  @Test
  void alertsThatNeverStop_beginANewGroupAfterTenMinutes() throws IOException {
    for (int i = 0; i < 18; i++) {
      alert().after(Duration.ofSeconds(50 * i)).in(ledger);
    }

    assertThat(all()).extracting(AlertGroup::alerts).containsExactly(5L, 13L);
  }

  @Test
  void alertsThatAreOnlyCounted_areCounted() throws IOException {
    Id first = alert().in(ledger);
    AlertRecord more = alert().after(Duration.ofSeconds(9)).record();
    ledger.count(first, more);

    AlertGroup group = all().get(0);
    assertThat(group.alerts()).isEqualTo(2);
    assertThat(group.last()).isEqualTo(START.plusSeconds(9));
    assertThat(ledger.find(first).deed().count()).isEqualTo(2);
  }

  @Test
  void resolvedFromOutside_closesWhatItBelongsTo_andLooksResolved() throws IOException {
    Id first = alert().outside("alertmanager", "one", "firing").in(ledger);
    alert().outside("alertmanager", "one", "firing").after(Duration.ofHours(4)).in(ledger);
    Id other = alert().outside("alertmanager", "two", "firing").in(ledger);
    Id over =
        alert().outside("alertmanager", "one", "resolved").after(Duration.ofHours(5)).in(ledger);

    assertThat(lists.find(first).state()).isEqualTo(TriageState.RESOLVED);
    assertThat(lists.find(first).alerts()).as("sent again, and over").isEqualTo(3);
    assertThat(lists.find(other).state()).isEqualTo(TriageState.OPEN);
    assertThat(lists.triaged(List.of(first, over)).values())
        .extracting(TriagedAlert::state)
        .containsOnly(TriageState.RESOLVED);
    assertThat(lists.acts(first))
        .singleElement()
        .satisfies(
            act -> {
              assertThat(act.by()).isEqualTo("alertmanager");
              assertThat(act.text()).isEqualTo("resolved");
            });

    alert().outside("alertmanager", "one", "resolved").after(Duration.ofHours(5)).in(ledger);
    assertThat(all()).as("said by a second webhook: no news").hasSize(2);
    Id again =
        alert().outside("alertmanager", "one", "firing").after(Duration.ofHours(6)).in(ledger);
    assertThat(all().get(0).id()).as("it fires again: a new group").isEqualTo(again);
    Id unknown = alert().outside("alertmanager", "three", "resolved").in(ledger);
    assertThat(lists.find(unknown).state()).isEqualTo(TriageState.RESOLVED);
  }

  @Test
  void resolvedFromOutside_whereAnAttackGoesOn_leavesTheGroupOpen() throws IOException {
    Id firing =
        alert()
            .outside("alertmanager", "one", "firing")
            .of("agent-00000001")
            .captured("capture-1")
            .in(ledger);
    Id attack = alert().captured("capture-1").in(ledger);
    Id over = alert().outside("alertmanager", "one", "resolved").in(ledger);

    for (Id each : List.of(firing, attack, over)) {
      assertThat(groups.groupOf(each).id()).isEqualTo(firing);
      assertThat(groups.groupOf(each).state()).isEqualTo(TriageState.OPEN);
    }
    assertThat(groups.groupOf(new Id("alert-unknown"))).isNull();
  }

  @Test
  void places_areThoseOfAllAlertsOfAGroup_eachOnce() throws IOException {
    Id first = alert().of(null, null).outside("alertmanager", "one", "firing").in(ledger);
    for (int i = 0; i < 2; i++) {
      alert().outside("alertmanager", "one", "firing").of("agent-00000001").in(ledger);
      alert().of(null, "bank").outside("alertmanager", "one", "firing").in(ledger);
    }
    alert().of("prod", "other").outside("alertmanager", "two", "firing").in(ledger);

    assertThat(groups.places(first))
        .containsExactlyInAnyOrder(
            new AlertGroups.Place(null, null, null),
            new AlertGroups.Place(new Id("agent-00000001"), "shop", "prod"),
            new AlertGroups.Place(null, "bank", null));
  }

  /** What an index cannot take would keep all that is written with it from being stored. */
  @Test
  void longestNames_areStored_withWhoseTheyAre() throws IOException {
    String rule = incompressible(256);
    String service = incompressible(256);
    Id id = new Id("alert-of-long-names");
    AlertRecord record =
        new AlertRecord(
            new Alert(
                id,
                "alertmanager",
                START,
                rule,
                Level.HIGH,
                rule,
                null,
                List.of(),
                Map.of(),
                null,
                List.of()),
            null,
            service,
            service,
            null,
            START,
            List.of(),
            null,
            0,
            null);
    assertThat(ledger.insert(record, List.of(), "repeats")).isEqualTo(AlertLedger.Inserted.NEW);

    String origin = new OriginLedger(database).idOf(new Origin(service, service, Map.of()));
    assertThat(database.update("UPDATE alerts SET origin = ? WHERE id = ?", origin, id.value()))
        .isEqualTo(1);
    assertThat(lists.find(id).service()).isEqualTo(service);
  }

  /** Characters of three bytes each, in no order. */
  private static String incompressible(int chars) {
    return new Random(7)
        .ints(chars, 0x4e00, 0x9fff)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Only Alertmanager says so in this field; elsewhere it may mean anything. */
  @Test
  void fieldOfAnotherProgram_thatSaysResolved_closesNothing() throws IOException {
    Id alert = alert().outside("cloudevents", "one", "resolved").in(ledger);

    assertThat(lists.find(alert).state()).isEqualTo(TriageState.OPEN);
  }

  @Test
  void graverAlert_opensAGroupAgain_thatSomebodyHasTaken_andAClosedOneTakesNone()
      throws IOException {
    Triage triage = new Triage(database, () -> START);
    Id first = alert().request("r1", "192.0.2.7").in(ledger);
    change(triage, first, TriageState.ACKNOWLEDGED);
    alert().request("r1", "192.0.2.7").in(ledger);
    assertThat(lists.find(first).state()).isEqualTo(TriageState.ACKNOWLEDGED);

    alert().rule("rule-2", Level.CRITICAL, "A shell").request("r1", "192.0.2.7").in(ledger);
    assertThat(lists.find(first).state()).isEqualTo(TriageState.OPEN);

    change(triage, first, TriageState.FALSE_POSITIVE);
    Id next = alert().request("r1", "192.0.2.7").in(ledger);
    alert().request("r1", "192.0.2.7").in(ledger);
    assertThat(all()).hasSize(2);
    assertThat(lists.find(next).alerts()).isEqualTo(2);
    assertThat(lists.find(first).state()).isEqualTo(TriageState.FALSE_POSITIVE);
  }

  private static void change(Triage triage, Id group, TriageState state) throws IOException {
    assertThat(
            triage.ofGroup(
                group,
                new Triage.Change(state, null, null, null),
                "somebody",
                (changed, acts) -> {}))
        .isInstanceOf(Triage.Outcome.Done.class);
  }

  @Test
  void earlierAlerts_getTheirGroups_once_andEvictedOnesAreForgotten() throws IOException {
    AlertLedger earlier = new AlertLedger(database, 1_000, 1 << 20); // knows no groups
    Id first = alert().request("r1", "192.0.2.7").in(earlier);
    alert().request("r1", "192.0.2.7").in(earlier);
    Id over = alert().outside("alertmanager", null, "resolved").in(earlier);
    assertThat(all()).isEmpty();

    EarlierAlerts work = new EarlierAlerts(database, groups);
    work.lookAll();
    new EarlierAlerts(database, groups).lookAll();
    assertThat(all()).extracting(AlertGroup::id).containsExactly(over, first);
    assertThat(lists.find(first).alerts()).isEqualTo(2);
    assertThat(lists.find(over).state()).isEqualTo(TriageState.RESOLVED);

    Id beside = alert().of("agent-00000009").in(earlier);
    work.lookAll();
    assertThat(lists.find(beside)).isNotNull();

    database.update("DELETE FROM alerts WHERE id = ?", over.value()); // as an earlier version does
    new EarlierAlerts(database, groups).lookAll();
    assertThat(lists.find(over)).isNull();
    assertThat(lists.find(first)).isNotNull();
  }

  @Test
  void earlierAlert_thatCannotBeRead_keepsBackNoOther() throws IOException {
    AlertLedger earlier = new AlertLedger(database, 1_000, 1 << 20); // knows no groups
    Id bad = alert().in(earlier);
    Id good = alert().of("agent-00000009").in(earlier);
    database.update("UPDATE alerts SET record = '{\"alert\":7}' WHERE id = ?", bad.value());

    new EarlierAlerts(database, groups).lookAll();

    assertThat(lists.find(good)).isNotNull();
    assertThat(lists.find(bad)).isNull();
  }

  @Test
  void evicted_takesTheGroupWithIt_onceItsLastAlertIsGone() throws IOException {
    AlertLedger small = new AlertLedger(database, 3, 1 << 20, groups);
    Id first = alert().request("r1", "192.0.2.7").in(small);
    alert().request("r1", "192.0.2.7").in(small);
    Id kept = alert().of("agent-00000002").in(small);

    Id third = alert().of("agent-00000003").after(Duration.ofDays(2)).in(small);
    assertThat(lists.find(first)).as("one of its alerts is still there").isNotNull();
    alert().of("agent-00000004").after(Duration.ofDays(2)).in(small);
    assertThat(lists.find(first)).isNull();
    assertThat(lists.find(kept)).isNotNull();
    assertThat(lists.find(third)).isNotNull();
  }
}
