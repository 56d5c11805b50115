package whorl.collector.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import whorl.collector.limit.SharedQuota.WhenAway;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.QuotaLedger;
import whorl.collector.testkit.CountingDatabase;
import whorl.collector.testkit.EachEngine;

class SharedQuotaTest extends EachEngine implements QuotaContract {
  private SharedQuota quota(Database database, int max, WhenAway whenAway) {
    return new SharedQuota(
        new QuotaLedger(database, ledgerTime), "test", max, WINDOW, whenAway, time);
  }

  @Override
  public Quota quota(int max, int maxClients) {
    return new SharedQuota(
        new QuotaLedger(one, ledgerTime, maxClients), "test", max, WINDOW, WhenAway.FAIL, time);
  }

  @Override
  public void pass(Duration passed) {
    time.pass(passed);
  }

  @Test
  void collectorsTogether_getTheQuotaAndNeverMore() throws Exception {
    List<SharedQuota> collectors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      collectors.add(quota(i % 2 == 0 ? one : other, 1_000, WhenAway.FAIL));
    }
    List<Callable<Integer>> all = new ArrayList<>();
    for (SharedQuota each : collectors) {
      all.add(
          () -> {
            int taken = 0;
            for (int i = 0; i < 500; i++) {
              taken += each.take("a", 1) ? 1 : 0;
            }
            return taken;
          });
    }

    int taken = atOnce(all).stream().mapToInt(Integer::intValue).sum();

    // a collector may have units in hand at the end
    assertThat(taken).isBetween(1_000 - 4 * (1_000 / 64), 1_000);
  }

  @Test
  void unitsInHandOfACollectorThatDied_areLost() throws IOException {
    SharedQuota died = quota(one, 640, WhenAway.FAIL);
    for (int i = 0; i < 9; i++) {
      assertThat(died.take("a", 1)).isTrue();
    }

    SharedQuota next = quota(other, 640, WhenAway.FAIL);
    int taken = 0;
    while (next.take("a", 1)) {
      taken++;
    }
    assertThat(taken).isEqualTo(640 - 16);
  }

  /** Else a collector that cannot stay up would use up the quotas of the day. */
  @Test
  void collectorsThatDieAgainAndAgain_loseNoMoreThanTheyUsed() throws IOException {
    for (int i = 0; i < 200; i++) {
      SharedQuota died = quota(i % 2 == 0 ? one : other, 64_000, WhenAway.FAIL);
      for (int use = 0; use < 5; use++) {
        assertThat(died.take("a", 3)).isTrue();
      }
    }

    assertThat(one.query("SELECT used FROM quotas", row -> row.getLong(1)).get(0))
        .isBetween(200 * 15L, 2 * 200 * 15L);
  }

  @Test
  void fewUses_andRefusals_costAStatement() throws IOException {
    CountingDatabase counting = new CountingDatabase(one);
    SharedQuota quota = quota(counting, 6_400, WhenAway.FAIL);
    for (int i = 0; i < 128; i++) {
      assertThat(quota.take("a", 1)).isTrue();
    }
    int first = counting.statements();
    for (int i = 0; i < 100; i++) {
      assertThat(quota.take("a", 1)).isTrue();
    }
    assertThat(counting.statements()).isLessThan(first + 8);

    for (int i = 0; i < 6_172; i++) {
      assertThat(quota.take("a", 1)).isTrue();
    }
    assertThat(counting.statements()).isLessThan(64 * 4 + first);
    int exhausted = counting.statements();
    for (int i = 0; i < 1_000; i++) {
      assertThat(quota.take("a", 1)).isFalse();
    }
    assertThat(counting.statements()).isEqualTo(exhausted);
  }

  @Test
  void databaseAway_refusesWhatCostsRoom_andIsAnErrorElsewhere() throws IOException {
    CountingDatabase counting = new CountingDatabase(one);
    SharedQuota room = quota(counting, 128, WhenAway.REFUSE);
    SharedQuota rate = quota(counting, 128, WhenAway.FAIL);
    for (int i = 0; i < 3; i++) {
      assertThat(room.take("a", 1)).isTrue();
    }

    counting.failWith("the database is away");

    assertThat(room.take("a", 1)).as("in hand").isTrue();
    assertThat(room.take("a", 1)).isFalse();
    int asked = counting.statements();
    assertThat(room.take("b", 1)).isFalse();
    assertThat(counting.statements()).as("does not wait for it again at once").isEqualTo(asked);
    assertThatThrownBy(() -> rate.take("b", 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("away");

    counting.failWith(null);
    time.pass(Duration.ofSeconds(5));
    assertThat(room.take("a", 1)).isTrue();
  }

  @Test
  void forget_deletesEndedWindows() throws IOException {
    SharedQuota quota = quota(one, 10, WhenAway.FAIL);
    quota.take("a", 1);
    time.pass(WINDOW.plusMillis(1));
    quota.take("b", 1);
    quota.forget();

    assertThat(one.query("SELECT client FROM quotas", row -> row.getString(1)))
        .containsExactly("b");
  }
}
