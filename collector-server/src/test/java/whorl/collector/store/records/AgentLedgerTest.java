package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Scope;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

@ParameterizedClass
@EnumSource
class AgentLedgerTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private AgentLedger ledger;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    ledger = new AgentLedger(data.open());
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void agent_isFoundAsItWasSaved_withAnyNames() throws IOException {
    AgentRecord agent = agent("agent-001", "sh\0op", "name\0space", NOON);
    ledger.save(List.of(agent, agent("agent-002", "shop", null, NOON)));

    assertThat(ledger.find(new Id("agent-001"))).isEqualTo(agent);
    assertThat(ledger.find(new Id("agent-003"))).isNull();
    assertThat(
            ledger.page(
                Scope.EVERYTHING, new AgentLedger.Filter("sh\0op", "name\0space", null), "", 9))
        .containsExactly(agent);
  }

  @Test
  void laterState_replacesTheEarlier_andNotTheOtherWayRound() throws IOException {
    AgentRecord late = agent("agent-001", "shop", null, NOON.plusSeconds(1));
    ledger.save(List.of(agent("agent-001", "shop", null, NOON)));
    ledger.save(List.of(late));
    ledger.save(List.of(agent("agent-001", "shop", null, NOON)));

    assertThat(ledger.find(new Id("agent-001"))).isEqualTo(late);
  }

  @Test
  void page_continuesAfterAnId_sortedByBytes() throws IOException {
    ledger.save(
        List.of(
            agent("agent-b01", "shop", null, NOON),
            agent("agent-a-1", "shop", null, NOON),
            agent("agent-a01", "cart", null, NOON)));

    AgentLedger.Filter all = new AgentLedger.Filter(null, null, null);
    assertThat(ledger.page(Scope.EVERYTHING, all, "", 2))
        .extracting(each -> each.identity().id().value())
        .containsExactly("agent-a-1", "agent-a01");
    assertThat(ledger.page(Scope.EVERYTHING, all, "agent-a01", 2))
        .extracting(each -> each.identity().id().value())
        .containsExactly("agent-b01");
  }

  @Test
  void services_areCounted_largestFirst() throws IOException {
    ledger.save(
        List.of(
            agent("agent-001", "shop", "b", NOON),
            agent("agent-002", "shop", null, NOON),
            agent("agent-003", "cart", null, NOON),
            agent("agent-004", "cart", null, NOON.plusSeconds(5))));

    assertThat(ledger.services(Scope.EVERYTHING, 9))
        .containsExactly(
            new AgentLedger.ServiceCount("cart", null, 2, NOON.plusSeconds(5)),
            new AgentLedger.ServiceCount("shop", null, 1, NOON),
            new AgentLedger.ServiceCount("shop", "b", 1, NOON));
  }

  @Test
  void forget_removesTheOld_andTheLongestUnseenBeyondTheLimit() throws IOException {
    for (int i = 0; i < 6; i++) {
      ledger.save(List.of(agent("agent-00" + i, "shop", null, NOON.plusSeconds(i))));
    }

    assertThat(ledger.forget(NOON.plusSeconds(2), 3)).isEqualTo(3);

    assertThat(ledger.page(Scope.EVERYTHING, new AgentLedger.Filter(null, null, null), "", 9))
        .extracting(each -> each.identity().id().value())
        .containsExactly("agent-003", "agent-004", "agent-005");
  }

  static AgentRecord agent(String id, String service, @Nullable String namespace, Instant seen) {
    AgentIdentity identity =
        new AgentIdentity(
            new Id(id), service, namespace, Map.of(), null, null, null, null, 1, "a JVM", "0.1.0");
    return new AgentRecord(identity, null, Map.of(), Map.of(), null, seen);
  }
}
