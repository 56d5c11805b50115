package whorl.collector.store.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.StormLedger.Decision;
import whorl.collector.testkit.EachEngine;

class StormLedgerTest extends EachEngine {
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final StormLedger.Rule RULE = new StormLedger.Rule("prod", "shop", "jvm.process");

  private StormLedger ledger(Database database) {
    return new StormLedger(database, ledgerTime, 3, WINDOW);
  }

  private static Decision take(StormLedger ledger, int agent, @Nullable Instant enrolled)
      throws IOException {
    return ledger.take(RULE, agent(agent).id(), enrolled);
  }

  @Test
  void collectorsTogether_admitNoMoreThanTheLimit() throws Exception {
    for (int round = 0; round < 5; round++) {
      StormLedger.Rule rule = new StormLedger.Rule(null, "shop", "rule " + round);
      List<Callable<Decision>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        StormLedger ledger = ledger(i % 2 == 0 ? one : other);
        int agent = i;
        all.add(() -> ledger.take(rule, agent(agent).id(), null));
      }

      List<Decision> decisions = atOnce(all);

      assertThat(Collections.frequency(decisions, Decision.ADMITTED)).isEqualTo(3);
      assertThat(Collections.frequency(decisions, Decision.RULE_LIMIT)).isEqualTo(13);
    }
  }

  @Test
  void window_slides_andOutlivesTheCollector() throws IOException {
    assertThat(take(ledger(one), 1, null)).isEqualTo(Decision.ADMITTED);
    time.pass(Duration.ofMinutes(5));
    assertThat(take(ledger(other), 2, null)).isEqualTo(Decision.ADMITTED);
    assertThat(take(ledger(one), 3, null)).isEqualTo(Decision.ADMITTED);
    assertThat(take(ledger(other), 4, null)).isEqualTo(Decision.RULE_LIMIT);

    time.pass(Duration.ofMinutes(5));
    assertThat(take(ledger(one), 5, null)).isEqualTo(Decision.ADMITTED);
    assertThat(take(ledger(other), 6, null)).isEqualTo(Decision.RULE_LIMIT);
  }

  /** The clock of a collector that is a day off must not open the window. */
  @Test
  void clockOfTheDatabase_counts() throws IOException {
    StormLedger right = new StormLedger(one, LedgerTime.of(one), 3, WINDOW);
    for (int i = 0; i < 3; i++) {
      assertThat(take(right, i, null)).isEqualTo(Decision.ADMITTED);
    }

    assertThat(take(new StormLedger(other, LedgerTime.of(other), 3, WINDOW), 4, null))
        .isEqualTo(Decision.RULE_LIMIT);
    InstantSource tomorrow = InstantSource.offset(InstantSource.system(), Duration.ofDays(1));
    assertThat(take(new StormLedger(other, LedgerTime.of(tomorrow), 3, WINDOW), 4, null))
        .as("what this clock would do")
        .isEqualTo(Decision.ADMITTED);
  }

  @Test
  void laterAgents_takeNoCapturesFromEarlierOnes() throws IOException {
    Instant earlier = time.instant();
    Instant later = earlier.plus(Duration.ofHours(1)).plusMillis(1);
    StormLedger ledger = ledger(one);
    for (int i = 0; i < 3; i++) {
      assertThat(take(ledger, i, later)).isEqualTo(Decision.ADMITTED);
    }
    assertThat(take(ledger, 4, later)).isEqualTo(Decision.RULE_LIMIT);
    assertThat(take(ledger, 5, earlier)).isEqualTo(Decision.ADMITTED);
  }

  private static Decision take(StormLedger ledger, String pod) throws IOException {
    return ledger.take(RULE, new StormLedger.Party(pod, true), null);
  }

  @Test
  void onePod_thatTookAll_leavesOneCaptureToOthers() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(take(ledger(one), "pod 1")).isEqualTo(Decision.ADMITTED);
    }
    assertThat(take(ledger(one), "pod 1")).isEqualTo(Decision.RULE_LIMIT);
    assertThat(take(ledger(other), "pod 2")).isEqualTo(Decision.ADMITTED);
    assertThat(take(ledger(other), "pod 2")).as("it had one").isEqualTo(Decision.RULE_LIMIT);
    assertThat(take(ledger(one), "pod 3")).isEqualTo(Decision.ADMITTED);
    assertThat(take(ledger(one), "pod 4")).as("three pods had one").isEqualTo(Decision.RULE_LIMIT);
    time.pass(WINDOW);
    assertThat(take(ledger(one), "pod 4")).isEqualTo(Decision.ADMITTED);
  }

  @Test
  void manyPods_haveNoMoreThanTheLimit() throws IOException {
    int admitted = 0;
    for (int i = 0; i < 20; i++) {
      admitted += take(ledger(i % 2 == 0 ? one : other), "pod " + i) == Decision.ADMITTED ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(3);
  }

  @Test
  void otherAccount_hasItsOwnWindow() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(take(ledger(one), "pod 1")).isEqualTo(Decision.ADMITTED);
    }
    StormLedger.Rule ofBank = new StormLedger.Rule("prod", "shop", "jvm.process", "bank");
    assertThat(ledger(one).take(ofBank, new StormLedger.Party("pod 9", true), null))
        .isEqualTo(Decision.ADMITTED);
  }

  @Test
  void rowOfAnEarlierVersion_isGoneOnWith() throws IOException {
    take(ledger(one), 1, null);
    take(ledger(one), 2, null);
    one.update("UPDATE storm_rules SET parties = ''");
    assertThat(take(ledger(one), "pod 1")).isEqualTo(Decision.ADMITTED);
    assertThat(take(ledger(one), "pod 1")).isEqualTo(Decision.RULE_LIMIT);
  }

  @Test
  void rulesOfOneAgent_areLimited_atAllCollectors() throws IOException {
    one.inTransaction(
        () -> {
          for (int i = 0; i < StormLedger.MAX_RULES_PER_AGENT; i++) {
            StormLedger.Rule rule = new StormLedger.Rule(null, "shop", "rule " + i);
            assertThat(ledger(one).take(rule, agent(1).id(), null)).isEqualTo(Decision.ADMITTED);
          }
          return null;
        });

    assertThat(take(ledger(other), 1, null)).isEqualTo(Decision.AGENT_LIMIT);
    assertThat(take(ledger(other), 2, null)).isEqualTo(Decision.ADMITTED);
    time.pass(WINDOW);
    assertThat(take(ledger(other), 1, null)).isEqualTo(Decision.ADMITTED);
    assertThat(ledger(one).forget()).isEqualTo(StormLedger.MAX_RULES_PER_AGENT);
  }
}
