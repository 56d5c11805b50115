package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.limits.StormLedger;

class StormControlTest {
  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private Database database;
  private StormControl storm;

  @BeforeEach
  void open() throws IOException {
    database = SqliteDatabase.open(folder.resolve("catalog.db"));
    storm =
        new StormControl(new StormLedger(database, LedgerTime.of(time), 3, Duration.ofMinutes(10)));
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  /** Fills the table in one transaction, which is much quicker. */
  private void atOnce(Database.Transaction<Object> work) throws IOException {
    assertThat(database.inTransaction(work)).isNotNull();
  }

  @Test
  void manyRulesOfOneAgent_doNotAffectOtherAgents() throws IOException {
    atOnce(
        () -> {
          int admitted = 0;
          for (int i = 0; i < 10_115; i++) {
            admitted += storm.refusal(agent(1), null, "rule-" + i) == null ? 1 : 0;
          }
          assertThat(admitted).isEqualTo(200);
          return admitted;
        });
    assertThat(storm.refusal(agent(1), null, "one-more")).contains("200 rules", "this agent");

    assertThat(storm.refusal(agent(2), null, "one-more")).isNull();
    time.pass(Duration.ofMinutes(10));
    assertThat(storm.refusal(agent(1), null, "one-more")).isNull();
  }

  @Tag("long")
  @Test
  void tooManyRules_areRefused_untilOldOnesExpire() throws IOException {
    fill(0);
    assertThat(storm.refusal(agent(7_000), null, "one-more")).contains("10000");
    assertThat(storm.refusal(agent(1), null, "rule-101")).isNull();
    time.pass(Duration.ofMinutes(10));
    assertThat(storm.refusal(agent(7_000), null, "one-more")).isNull();
  }

  private void fill(int firstAgent) throws IOException {
    atOnce(
        () -> {
          for (int i = 0; i < 10_000; i++) {
            assertThat(storm.refusal(agent(firstAgent + i / 100), null, "rule-" + i)).isNull();
          }
          return "full";
        });
  }

  /**
   * An attacker with an agent's token can claim any service's name, but not an earlier enrolment.
   */
  @Test
  void laterAgentsUnderTheServicesName_takeNoCapturesFromEarlierAgents() throws IOException {
    Instant earlier = time.instant();
    Instant later = earlier.plus(Duration.ofHours(1)).plusMillis(1);
    for (int i = 0; i < 200; i++) {
      String refusal = storm.refusal(agent(1_000 + i), i % 2 == 0 ? later : null, "jvm.process");
      assertThat(refusal == null).isEqualTo(i < 3 || i == 4);
    }

    assertThat(storm.refusal(agent(1), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(2), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(3), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(4), earlier, "jvm.process")).contains("3 full captures");
    assertThat(storm.refusal(agent(2_000), later, "jvm.process")).contains("3 full captures");
  }

  /** A sender of alerts can name any rules, of any agents. */
  @Test
  void rulesFromOutside_areCountedApart() throws IOException {
    atOnce(
        () -> {
          int admitted = 0;
          for (int i = 0; i < 250; i++) {
            admitted += storm.refusalFromOutside(agent(1), null, "rule-" + i) == null ? 1 : 0;
          }
          assertThat(admitted).isEqualTo(200);
          return admitted;
        });
    for (int i = 0; i < 3; i++) {
      assertThat(storm.refusal(agent(1), null, "rule-1")).isNull();
    }
    assertThat(storm.refusal(agent(1), null, "rule-1")).contains("3 full captures");
    assertThat(storm.refusal(agent(1), null, "one-more")).isNull();
  }

  @Tag("long")
  @Test
  void rulesFromOutside_fillHalfOfTheTable() throws IOException {
    atOnce(
        () -> {
          int admitted = 0;
          for (int i = 0; i < 6_000; i++) {
            String rule = "rule-" + i;
            admitted += storm.refusalFromOutside(agent(i / 100), null, rule) == null ? 1 : 0;
          }
          assertThat(admitted).isEqualTo(5_000);
          return admitted;
        });
    assertThat(storm.refusal(agent(1), null, "own")).isNull();
  }

  @Test
  void tableFullOfLaterAgentsRules_hasRoomForEarlierAgents() throws IOException {
    Instant earlier = time.instant();
    fill(1_000);

    assertThat(storm.refusal(agent(1), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(2_000), null, "jvm.other")).contains("10000");
  }
}
