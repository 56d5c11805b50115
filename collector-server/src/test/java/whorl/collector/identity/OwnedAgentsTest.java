package whorl.collector.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.agents.Ownership.Claim;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Role;
import whorl.collector.limit.Rates;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** To whom agents belong, at two collectors. */
class OwnedAgentsTest extends EachEngine {
  private static final Instant EXPIRES = Instant.parse("2027-01-01T00:00:00Z");
  private static final Principal WEB_1 = pod("web", "web-1");
  private static final Principal WEB_2 = pod("web", "web-2");
  private static final Principal TELLER = pod("teller", "teller-1");
  private static final Principal SHARED = new Principal(Role.AGENT, "agent-01234567");
  private static final String FROM = "10.0.0.1";

  private final IdentityCounters counters = new IdentityCounters();
  private final Set<Id> known = new HashSet<>();
  private final Set<Id> connected = new HashSet<>();
  private final Set<Id> gone = new HashSet<>();
  private final List<String> reported = new ArrayList<>();
  private final Id agent = Id.next(InstantSource.system());
  private OwnedAgents here;
  private OwnedAgents there;

  @BeforeEach
  void open() {
    here = owners(new OwnerLedger(one));
    there = owners(new OwnerLedger(other));
  }

  private OwnedAgents owners(OwnerLedger ledger) {
    OwnedAgents owners =
        new OwnedAgents(ledger, new Rates(100, Duration.ofMinutes(1), time), time, counters);
    owners.use(
        new OwnedAgents.Peers() {
          @Override
          public boolean isKnown(Id id) {
            return known.contains(id);
          }

          @Override
          public boolean isConnected(Id id) {
            return connected.contains(id);
          }

          @Override
          public boolean isGone(Id id) {
            return gone.contains(id);
          }

          @Override
          public void foreign(Id id, String why, String client, String remoteAddress) {
            reported.add(id + " " + why + " " + client);
          }
        });
    return owners;
  }

  private static Principal pod(String account, String pod) {
    AgentProof proof =
        AgentProof.ofPod("https://issuer", "shop", account, pod, "uid-" + pod, EXPIRES);
    return new Principal(Role.AGENT, proof.name(), proof);
  }

  private static Request by(Principal principal) {
    return new FromPrincipal(FakeRequest.get("/"), principal);
  }

  private static AgentIdentity identity(Id id, String service) {
    return new AgentIdentity(
        id, service, "claimed", Map.of(), "claimed-1", null, null, null, 1, "jvm", "1");
  }

  private Claim claim(OwnedAgents owners, Principal principal) throws IOException {
    return owners.claim(identity(agent, "shop"), principal, FROM);
  }

  private void assertForeign(OwnedAgents owners, Principal principal) {
    assertThatThrownBy(() -> owners.require(agent, by(principal)))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(403));
  }

  @Test
  void firstIdentity_hasTheAgentAtAllCollectors() throws IOException {
    assertThat(claim(here, WEB_1).refusal()).isNull();
    assertThat(claim(there, WEB_2).refusal()).contains("belongs to another identity");
    assertThat(claim(here, WEB_1).owner()).isEqualTo(WEB_1.proof().owner());
    there.require(agent, by(WEB_1));
    connected.add(agent);
    assertForeign(here, WEB_2);
    assertForeign(there, TELLER);
    assertForeign(here, SHARED);
    assertThat(reported).hasSize(3);
    assertThat(reported.get(0)).contains("shop/web-2").contains("one pod uid-web-2");
    assertThat(counters.refused()).containsEntry("foreign", 4.0);
    assertThat(there.nameOf(agent)).contains("shop/web-1");
  }

  @Test
  void twoIdentitiesAtTheSameMoment_oneHasIt() throws Exception {
    List<Claim> claims =
        atOnce(
            List.of(
                () -> claim(here, WEB_1),
                () -> claim(there, WEB_2),
                () -> claim(here, TELLER),
                () -> claim(there, TELLER)));
    long identities =
        claims.stream().filter(each -> each.refusal() == null).map(Claim::owner).distinct().count();
    assertThat(identities).isEqualTo(1);
  }

  @Test
  void agentFromBeforeAgentsHadOwners_isOfTheSharedToken() throws IOException {
    known.add(agent);
    assertForeign(here, WEB_1);
    there.require(agent, by(SHARED));
  }

  @Test
  void laterPodOfTheSameAccount_sendsWhatAPodLeft_onceThatIsGone() throws IOException {
    claim(here, WEB_1);
    assertForeign(here, WEB_2);
    gone.add(agent);
    assertForeign(here, WEB_2); // it sent something just now, though on no channel
    time.pass(Duration.ofMinutes(6));
    assertForeign(there, WEB_2);
    one.update("UPDATE agent_owners SET at_millis = at_millis - 300001");
    here.require(agent, by(WEB_2));
    there.require(agent, by(WEB_2));
    assertThatThrownBy(() -> here.requireOwner(agent, by(WEB_2)))
        .isInstanceOf(ProblemException.class);
    assertForeign(here, TELLER);
    assertForeign(here, SHARED);
    assertThat(claim(here, WEB_2).refusal()).as("it never speaks as the agent").isNotNull();
    assertThat(counters.heirs()).isEqualTo(2);
  }

  /** A pod that starts anew on its volume comes early each time. */
  @Test
  void laterPodOfTheSameAccount_thatComesEarly_isNoSuspect() throws IOException {
    claim(here, WEB_1);
    assertForeign(here, WEB_2);
    assertForeign(there, WEB_2);
    assertThat(reported).isEmpty();

    assertForeign(here, TELLER);
    assertThatThrownBy(() -> there.requireOwner(agent, by(WEB_2)))
        .isInstanceOf(ProblemException.class);
    assertThat(reported).hasSize(2);
  }

  @Test
  void provedIdentity_sendsWhatAnAgentOfTheSharedTokenLeft() throws IOException {
    known.add(agent);
    gone.add(agent);
    here.require(agent, by(WEB_1));
    assertThat(claim(here, WEB_1).refusal()).isNotNull();
  }

  @Test
  void newAgentsOfOneIdentity_areLimited_andOthersAreNot() throws IOException {
    int bound = 0;
    for (int i = 0; i < 10; i++) {
      AgentIdentity next = identity(Id.next(InstantSource.system()), "shop");
      Claim claim = here.claim(next, WEB_1, FROM);
      bound += claim.refusal() == null ? 1 : 0;
      assertThat(claim.later()).isEqualTo(claim.refusal() != null);
    }
    assertThat(bound).as("one costs 50 of 100").isEqualTo(2);
    assertThat(here.claim(identity(Id.next(InstantSource.system()), "shop"), TELLER, FROM).later())
        .isFalse();
  }

  @Test
  void enrolmentToken_mayBeRenewed() throws IOException {
    Principal first =
        new Principal(Role.AGENT, "agent-1", AgentProof.ofServices(Set.of("shop", "orders")));
    Principal renewed =
        new Principal(Role.AGENT, "agent-2", AgentProof.ofServices(Set.of("orders", "shop")));
    assertThat(claim(here, first).refusal()).isNull();
    assertThat(claim(there, renewed).refusal()).isNull();
    Principal ofMore =
        new Principal(
            Role.AGENT, "agent-3", AgentProof.ofServices(Set.of("shop", "orders", "pay")));
    assertThat(claim(there, ofMore).refusal()).contains("belongs to another identity");
    assertThat(there.claim(identity(agent, "bank"), renewed, FROM).refusal())
        .contains("its token is for services orders,shop");
    assertThat(here.problem(identity(agent, "bank"))).contains("services orders,shop");
    assertThat(here.problem(identity(agent, "orders"))).isNull();
  }

  @Test
  void proof_replacesNamespacePodAndUid_andLeavesTheRest() {
    AgentIdentity proved = here.proved(identity(agent, "shop"), WEB_1);
    assertThat(proved.namespace()).isEqualTo("shop");
    assertThat(proved.pod()).isEqualTo("web-1");
    assertThat(proved.podUid()).isEqualTo("uid-web-1");
    assertThat(proved.service()).isEqualTo("shop");
    assertThat(counters.corrected()).isEqualTo(1);
    assertThat(here.proved(identity(agent, "shop"), SHARED).namespace()).isEqualTo("claimed");
  }
}
