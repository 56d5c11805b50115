package whorl.collector.store.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.collector.store.records.Catalog;
import whorl.collector.testkit.CountingDatabase;
import whorl.collector.testkit.EachEngine;
import whorl.collector.testkit.Records;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;

class OriginsTest extends EachEngine {
  private static final Digest RECORD = new Digest("a".repeat(64));
  private static final Catalog.Filter ALL = new Catalog.Filter(null, null, null);

  private final Map<Id, AgentIdentity> agents = new HashMap<>();
  private Catalog catalog;
  private Origins origins;

  @BeforeEach
  void open() {
    catalog = Catalog.open(one);
    origins = new Origins(one, new OriginLedger(one), new OwnerLedger(one), agents::get);
  }

  private static Scope scope(Set<String> namespaces, Set<String> services, String... label) {
    return new Scope(
        List.of(
            new Part(
                namespaces, services, label.length == 0 ? Map.of() : Map.of(label[0], label[1]))));
  }

  private Id evidence(int second, String agent, String namespace, Map<String, String> labels)
      throws IOException {
    var record = Records.of(Instant.ofEpochSecond(1_700_000_000L + second), "a.txt", 1);
    Id id = record.id();
    catalog.put(record, RECORD);
    one.update("UPDATE evidence SET agent = ? WHERE id = ?", agent, id.value());
    if (namespace != null) {
      agents.put(
          new Id(agent),
          new AgentIdentity(
              new Id(agent), "shop", namespace, labels, null, null, null, null, 1, "J", "1"));
    }
    return id;
  }

  private List<Id> page(Scope scope) throws IOException {
    boolean unused = origins.look();
    List<Id> all = new ArrayList<>();
    String cursor = null;
    do {
      Catalog.Page page = catalog.page(scope, ALL, cursor, 2);
      all.addAll(page.evidence());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  @Test
  void list_hasWhatTheScopeHolds_newestFirst() throws IOException {
    Id first = evidence(1, "agent-0001", "pay", Map.of("team", "a"));
    Id second = evidence(2, "agent-0002", "bank", Map.of("team", "b"));
    Id third = evidence(3, "agent-0003", "pay", Map.of("team", "a", "tier", "1"));
    Id ofNobodyKnown = evidence(4, "agent-0004", null, Map.of());

    assertThat(page(Scope.EVERYTHING)).containsExactly(ofNobodyKnown, third, second, first);
    assertThat(page(scope(Set.of("pay"), Set.of()))).containsExactly(third, first);
    assertThat(page(scope(Set.of("pay", "bank"), Set.of("shop"))))
        .containsExactly(third, second, first);
    assertThat(page(scope(Set.of(), Set.of(), "team", "a"))).containsExactly(third, first);
    assertThat(page(scope(Set.of("bank"), Set.of(), "team", "a"))).isEmpty();
    assertThat(page(scope(Set.of(), Set.of("shop"))))
        .as("of an agent that was never connected, only the service is known")
        .containsExactly(ofNobodyKnown, third, second, first);
    assertThat(page(new Scope(List.of()))).isEmpty();
    assertThat(origins.sees(scope(Set.of("pay"), Set.of()), Thing.EVIDENCE, second)).isFalse();
    assertThat(origins.sees(scope(Set.of("pay"), Set.of()), Thing.EVIDENCE, third)).isTrue();
    assertThat(
            origins.sees(scope(Set.of("pay"), Set.of()), Thing.EVIDENCE, new Id("evidence-none")))
        .isFalse();
  }

  @Test
  void agentThatSaysSomethingElseLater_carriesNothingOver() throws IOException {
    Id evidence = evidence(1, "agent-0001", "pay", Map.of());
    assertThat(page(scope(Set.of("pay"), Set.of()))).containsExactly(evidence);

    agents.put(new Id("agent-0001"), identity("agent-0001", "bank"));
    catalog.put(Records.of(Instant.now(), "b.txt", 1), RECORD);

    assertThat(page(scope(Set.of("bank"), Set.of()))).isEmpty();
    assertThat(page(scope(Set.of("pay"), Set.of()))).containsExactly(evidence);
  }

  @Test
  void namespaceThatTheOwnerProved_winsOverWhatTheAgentSays() throws IOException {
    Owner owner =
        new Owner("service-account", "who", "who", null, "bank", null, null, null, List.of());
    Owner unused = new OwnerLedger(one).claim(new Id("agent-0001"), owner);
    Id evidence = evidence(1, "agent-0001", "pay", Map.of());

    assertThat(page(scope(Set.of("pay"), Set.of()))).isEmpty();
    assertThat(page(scope(Set.of("bank"), Set.of()))).containsExactly(evidence);
  }

  /** An agent chooses its labels; each request of a team compares those of all agents. */
  @Test
  @Timeout(20)
  void labelsThatCollide_takeNoLonger() {
    Map<String, String> labels = new HashMap<>();
    String prefix = "x".repeat(900);
    for (int i = 0; i < 1_000; i++) {
      StringBuilder label = new StringBuilder(prefix);
      for (int bit = 0; bit < 10; bit++) {
        label.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // both have the same hash
      }
      labels.put(label.toString(), "");
    }
    Scope team = scope(Set.of(), Set.of(), "team", "a");
    for (int agent = 0; agent < 5_000; agent++) {
      assertThat(team.holds(new Origin(null, "shop", labels))).isFalse();
    }
  }

  @Test
  void manyOrigins_areOneList() throws IOException {
    List<Id> newestFirst = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String agent = String.format(java.util.Locale.ROOT, "agent-%04d", i);
      Id id = evidence(i, agent, i % 4 == 3 ? "bank" : "pay", Map.of("pod", "p" + i));
      if (i % 4 != 3) {
        newestFirst.add(0, id);
      }
    }
    assertThat(page(scope(Set.of("pay"), Set.of()))).as("merged").isEqualTo(newestFirst);

    for (int i = 40; i < 60; i++) {
      String agent = String.format(java.util.Locale.ROOT, "agent-%04d", i);
      newestFirst.add(0, evidence(i, agent, "pay", Map.of("pod", "p" + i)));
    }
    assertThat(page(scope(Set.of("pay"), Set.of()))).as("filtered").isEqualTo(newestFirst);
    assertThat(catalog.sums(scope(Set.of("bank"), Set.of())).values())
        .extracting(Catalog.ClassSum::evidence)
        .containsExactly(10L);
  }

  @Test
  void beyondTheBound_labelsAreForgotten_andThenItIsNobodys() throws IOException {
    OriginLedger two = new OriginLedger(one, 2);
    String whole = two.idOf(new Origin("pay", "shop", Map.of()));
    two.idOf(new Origin("bank", "shop", Map.of()));

    assertThat(two.idOf(new Origin("pay", "shop", Map.of("team", "a")))).isEqualTo(whole);
    assertThat(two.idOf(new Origin("else", "shop", Map.of("team", "a"))))
        .isEqualTo(OriginLedger.NOBODY);
    assertThat(two.idOf(new Origin("pay", "x".repeat(1_001), Map.of())))
        .isEqualTo(OriginLedger.NOBODY);
    assertThat(two.refused()).isPositive();
    assertThat(two.holds(scope(Set.of(), Set.of(), "team", "a"), OriginLedger.NOBODY)).isFalse();
  }

  @Test
  void agentsThatProveNothing_leaveHalfOfTheRoomToThoseThatDo() throws IOException {
    OwnerLedger owners = new OwnerLedger(one);
    Origins few = new Origins(one, new OriginLedger(one, 4), owners, agents::get);
    for (int i = 1; i <= 4; i++) {
      alert("alert-000" + i, "{\"service\":\"shop\",\"namespace\":\"room-" + i + "\"}");
      Id unused = evidence(i, "agent-000" + i, "space-" + i, Map.of());
    }
    boolean unusedMore = few.look();
    Owner pod =
        new Owner("service-account", "who", "who", null, "pay", null, null, null, List.of());
    Owner unusedOwner = owners.claim(new Id("agent-0009"), pod);
    Id proved = evidence(9, "agent-0009", "pay", Map.of("team", "a"));
    unusedMore = few.look();

    assertThat(few.sees(scope(Set.of("pay"), Set.of(), "team", "a"), Thing.EVIDENCE, proved))
        .isTrue();
    assertThat(one.query("SELECT count(*) FROM origins", row -> row.getInt(1)))
        .as("two that are claimed, one that is proved")
        .containsExactly(3);
  }

  @Test
  void alertsOfTheOutside_leaveRoomToAgentsThatProveNothing() throws IOException {
    Origins few = new Origins(one, new OriginLedger(one, 8), new OwnerLedger(one), agents::get);
    for (int i = 1; i <= 8; i++) {
      alert("alert-000" + i, "{\"service\":\"shop\",\"namespace\":\"room-" + i + "\"}");
    }
    boolean unusedMore = few.look();
    Id evidence = evidence(1, "agent-0001", "pay", Map.of("team", "a"));
    unusedMore = few.look();

    assertThat(few.sees(scope(Set.of("pay"), Set.of(), "team", "a"), Thing.EVIDENCE, evidence))
        .isTrue();
    assertThat(few.sees(scope(Set.of("room-1"), Set.of()), Thing.ALERT, new Id("alert-0001")))
        .isTrue();
    assertThat(one.query("SELECT count(*) FROM origins", row -> row.getInt(1)))
        .as("two that alerts name, one that an agent claims")
        .containsExactly(3);
  }

  /** A hunt asks for those of all connected agents. */
  @Test
  void manyAgentsOfOnePlace_costNoStatementEach() throws IOException {
    CountingDatabase counted = new CountingDatabase(one);
    Origins asked =
        new Origins(counted, new OriginLedger(counted), new OwnerLedger(counted), agents::get);
    String first = asked.idOf(identity("agent-0000", "pay"));
    int statements = counted.statements();

    for (int i = 1; i <= 100; i++) {
      assertThat(asked.idOf(identity("agent-000" + i, "pay"))).isEqualTo(first);
    }
    assertThat(counted.statements()).isEqualTo(statements);
    assertThat(asked.idOf(identity("agent-0101", "bank"))).isNotEqualTo(first);
  }

  @Test
  void alertsOfTheOutside_belongToWhatTheyName() throws IOException {
    alert("alert-0001", "{\"service\":\"shop\",\"namespace\":\"pay\"}");
    alert("alert-0002", "{\"alert\":{}}");
    alert("alert-0003", "not JSON");
    boolean unused = origins.look();

    Scope pay = scope(Set.of("pay"), Set.of());
    assertThat(origins.sees(pay, Thing.ALERT, new Id("alert-0001"))).isTrue();
    for (Scope each : List.of(pay, scope(Set.of(), Set.of("shop", "")))) {
      assertThat(origins.sees(each, Thing.ALERT, new Id("alert-0002"))).isFalse();
      assertThat(origins.sees(each, Thing.ALERT, new Id("alert-0003"))).isFalse();
    }
    assertThat(origins.sees(Scope.EVERYTHING, Thing.ALERT, new Id("alert-0003"))).isTrue();
  }

  private void alert(String id, String record) throws IOException {
    one.update(
        "INSERT INTO alerts (id, source, rule, level, bytes, record, journal) VALUES (?, 'falco',"
            + " 'r', 'high', 1, ?, '[]')",
        id,
        record);
  }

  private static AgentIdentity identity(String agent, String namespace) {
    return new AgentIdentity(
        new Id(agent), "shop", namespace, Map.of(), null, null, null, null, 1, "J", "1");
  }
}
