package whorl.collector.store.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

class IdLookupTest extends EachEngine {
  private static final String ONE = "01a2bc30-0000-7000-8000-0000000aaaa1";
  private static final String TWO = "01a2bc30-0000-7000-8000-0000000aaaa2";
  private static final String OTHER = "01a2bc31-0000-7000-8000-0000000bbbb2";
  private static final Scope PAY = scope("pay");

  private IdLookup lookup;
  private Origins origins;
  private final Map<Id, AgentIdentity> agents = new HashMap<>();

  private static Scope scope(String namespace) {
    return new Scope(List.of(new Part(Set.of(namespace), Set.of(), Map.of())));
  }

  @BeforeEach
  void open() throws IOException {
    lookup = new IdLookup(one);
    origins = new Origins(one, new OriginLedger(one), new OwnerLedger(one), agents::get);
    evidence(ONE, 1, "pay", "shop");
    evidence(TWO, 2, "pay", "till");
    evidence(OTHER, 3, "bank", "shop");
    boolean unused = origins.look();
  }

  private void evidence(String id, long millis, String namespace, String service)
      throws IOException {
    Id agent = new Id("agent-" + id.substring(id.length() - 4));
    agents.put(
        agent,
        new AgentIdentity(
            agent, service, namespace, Map.of(), null, null, null, null, 1, "J", "1"));
    one.update(
        "INSERT INTO evidence (id, sealed_at, service, agent, capture, state, record, class, bytes)"
            + " VALUES (?,?,?,?,'','sealed',?,'alert',0)",
        id,
        millis,
        service,
        agent.value(),
        "0".repeat(64));
  }

  private List<String> matching(Scope scope, String part) throws IOException {
    return lookup.matching(Thing.EVIDENCE, scope, part, null, 10).stream()
        .map(found -> found.id().value())
        .toList();
  }

  @Test
  void firstOrLastCharacters_find_newestFirst() throws IOException {
    assertThat(matching(Scope.EVERYTHING, "01a2bc31")).containsExactly(OTHER);
    assertThat(matching(Scope.EVERYTHING, "01a2bc3")).containsExactly(OTHER, TWO, ONE);
    assertThat(matching(Scope.EVERYTHING, "aaa2")).containsExactly(TWO);
    assertThat(matching(Scope.EVERYTHING, ONE)).containsExactly(ONE);
    assertThat(matching(Scope.EVERYTHING, "ffff")).isEmpty();
    assertThat(lookup.between(Thing.EVIDENCE, Scope.EVERYTHING, "01a2", "bbb2", null, 10))
        .extracting(found -> found.id().value())
        .containsExactly(OTHER);
  }

  @Test
  void whatIsNotTheirs_isNeitherFoundNorInTheWay() throws IOException {
    assertThat(matching(PAY, "01a2bc31")).isEmpty();
    assertThat(matching(PAY, OTHER)).isEmpty();
    assertThat(matching(PAY, "01a2")).containsExactly(TWO, ONE);
    assertThat(matching(scope("bank"), "01a2")).containsExactly(OTHER);
    assertThat(matching(new Scope(List.of()), "01a2")).isEmpty();
    assertThat(lookup.newest(Thing.EVIDENCE, PAY, null, 1))
        .extracting(found -> found.id().value())
        .containsExactly(TWO);
  }

  @Test
  void newest_canBeOfAService() throws IOException {
    assertThat(lookup.newest(Thing.EVIDENCE, Scope.EVERYTHING, null, 1))
        .containsExactly(new IdLookup.Found(new Id(OTHER), "shop", Instant.ofEpochMilli(3)));
    assertThat(lookup.newest(Thing.EVIDENCE, Scope.EVERYTHING, "till", 1))
        .extracting(found -> found.id().value())
        .containsExactly(TWO);
    assertThat(lookup.matching(Thing.EVIDENCE, Scope.EVERYTHING, "01a2", "till", 10)).hasSize(1);
  }

  @Test
  void everyKind_canBeAsked() throws IOException {
    for (Thing thing : Thing.values()) {
      assertThat(lookup.newest(thing, PAY, null, 1)).hasSize(thing == Thing.EVIDENCE ? 1 : 0);
      assertThat(lookup.matching(thing, Scope.EVERYTHING, "ffffff", null, 1)).isEmpty();
    }
  }

  @Test
  void textThatNoIdHas_isRefused() {
    for (String part : List.of("", "abc", "a%b%c", "ABCD", "x".repeat(65))) {
      assertThatThrownBy(() -> matching(Scope.EVERYTHING, part))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
