package whorl.collector.fleet.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.records.JournalLedger;
import whorl.evidence.channel.AgentMessage;

class FleetWatchTest {
  @TempDir Path folder;

  @Test
  void journal_isOnDiskWithinASecond_withoutBeingRead() throws Exception {
    try (FleetRig rig = new FleetRig(folder, new ManualTime());
        FleetWatch watch =
            new FleetWatch(
                rig.fleet,
                rig.captures,
                rig.journals,
                rig.channel,
                rig.lostAgentDetector,
                rig.selfTests,
                rig.chains);
        Database elsewhere = SqliteDatabase.open(folder.resolve("journal.db"))) {
      watch.start();
      Wire wire = rig.connect(FleetRig.agent(1));
      wire.say(new AgentMessage.Journal(List.of(FleetRig.event(1))));

      JournalLedger ledger =
          new JournalLedger(elsewhere, JournalLedger.Limits.DEFAULT, InstantSource.system());
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> ledger.after(wire.id(), -1, 10).size() == 1);
      assertThat(rig.counters.droppedJournalEvents()).isZero();
    }
  }
}
