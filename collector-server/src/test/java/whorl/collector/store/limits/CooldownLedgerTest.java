package whorl.collector.store.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import whorl.collector.store.limits.CooldownLedger.Claim;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.Id;

class CooldownLedgerTest extends EachEngine {
  private static final Id AGENT = new Id("agent-0001");
  private static final Id CAPTURE = new Id("capture-0001");

  private CooldownLedger here() {
    return new CooldownLedger(one, ledgerTime);
  }

  private CooldownLedger there() {
    return new CooldownLedger(other, ledgerTime);
  }

  private static Claim claim(CooldownLedger ledger) throws IOException {
    return ledger.claim(AGENT, "falco x", null);
  }

  @Test
  void claim_ofSeveralAtOnce_isOnes() throws Exception {
    for (int round = 0; round < 5; round++) {
      String fingerprint = "falco " + round;
      List<Callable<Claim>> all = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        CooldownLedger ledger = i % 2 == 0 ? here() : there();
        all.add(() -> ledger.claim(AGENT, fingerprint, null));
      }

      List<Claim> claims = atOnce(all);

      assertThat(claims).filteredOn(Claim.Mine.class::isInstance).hasSize(1);
      assertThat(claims).filteredOn(Claim.Pending.class::isInstance).hasSize(11);
    }
  }

  @Test
  void repetitions_joinForAMinute() throws IOException {
    Claim.Mine mine = (Claim.Mine) claim(here());
    assertThat(claim(there())).isInstanceOf(Claim.Pending.class);
    here().begun(mine, CAPTURE);

    time.pass(Duration.ofSeconds(59));
    assertThat(claim(there())).isEqualTo(new Claim.Begun(CAPTURE));
    assertThat(there().claim(new Id("agent-0002"), "falco x", null))
        .as("another agent")
        .isInstanceOf(Claim.Mine.class);
    time.pass(Duration.ofSeconds(1));
    assertThat(claim(there())).isInstanceOf(Claim.Mine.class);
  }

  @Test
  void captureThatFailed_isReplacedByOne() throws IOException {
    here().begun((Claim.Mine) claim(here()), CAPTURE);

    assertThat(here().claim(AGENT, "falco x", CAPTURE)).isInstanceOf(Claim.Mine.class);
    assertThat(there().claim(AGENT, "falco x", CAPTURE)).isInstanceOf(Claim.Pending.class);
  }

  @Test
  void claimThatIsGivenUp_isFree() throws IOException {
    here().release((Claim.Mine) claim(here()));

    assertThat(claim(there())).isInstanceOf(Claim.Mine.class);
  }

  @Test
  void claimOfACollectorThatDied_isFree_andItsLateAnswerChangesNothing() throws IOException {
    Claim.Mine late = (Claim.Mine) claim(here());
    time.pass(CooldownLedger.CLAIM);
    Claim.Mine next = (Claim.Mine) claim(there());

    here().begun(late, CAPTURE);
    here().release(late);

    assertThat(claim(here())).isInstanceOf(Claim.Pending.class);
    there().begun(next, new Id("capture-0002"));
    assertThat(claim(here())).isEqualTo(new Claim.Begun(new Id("capture-0002")));
  }

  @Test
  void forget_deletesWhatHasEnded() throws IOException {
    here().begun((Claim.Mine) claim(here()), CAPTURE);
    assertThat(here().forget()).isZero();
    time.pass(CooldownLedger.PERIOD);
    assertThat(here().forget()).isEqualTo(1);
  }
}
