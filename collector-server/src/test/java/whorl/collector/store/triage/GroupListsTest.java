package whorl.collector.store.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.store.triage.GroupedAlerts.START;
import static whorl.collector.store.triage.GroupedAlerts.alert;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Origins;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.access.Part;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.Thing;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Page;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** What lists have of groups: filters, evidence, scopes. */
class GroupListsTest extends TriageFixture {
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

  private static GroupFilter words(String words) {
    return new GroupFilter(
        null, null, null, null, null, Set.of(), null, words, null, null, GroupFilter.Muted.HIDE);
  }

  private static GroupFilter filter(String rule, Level atLeast, Instant from, Instant to) {
    return new GroupFilter(
        null, rule, null, atLeast, null, Set.of(), null, null, from, to, GroupFilter.Muted.HIDE);
  }

  /** A page is in memory as a whole; its position leads on. */
  @Test
  void longAlerts_makeShorterPages() throws IOException {
    for (int i = 0; i < 130; i++) {
      alert().in(ledger);
    }
    database.update("UPDATE alerts SET bytes = ?", 1_000_000);

    Page<AlertRecord> first = lists.alerts(Scope.EVERYTHING, GroupFilter.EVERY, null, null, 130);
    Page<AlertRecord> second =
        lists.alerts(Scope.EVERYTHING, GroupFilter.EVERY, null, first.next(), 130);

    assertThat(first.items()).hasSize(100);
    assertThat(second.items()).hasSize(30);
    assertThat(second.next()).isNull();
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
}
