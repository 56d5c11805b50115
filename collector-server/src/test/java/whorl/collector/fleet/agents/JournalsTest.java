package whorl.collector.fleet.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.store.records.JournalLedger;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/** An attacker with an agent's token can connect under any number of agent ids. */
class JournalsTest {
  private static final String ATTACKERS = "203.0.113.9";
  private static final String OTHERS = "192.0.2.7";
  private static final int MIB = 1 << 20;
  private static final JournalLedger.Limits LIMITS =
      new JournalLedger.Limits(50_000, MIB, 8L * MIB);

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();

  @Test
  void agentsOfOneAddress_getHalfOfTheDailyVolume() throws IOException {
    try (FleetRig rig = new FleetRig(folder, time, LIMITS)) {
      for (int i = 0; i < 20; i++) {
        rig.journals.add(id(100 + i), ATTACKERS, List.of(event(1, MIB / 32), event(2, MIB / 32)));
        for (long at = 3; at < 20; at++) {
          rig.journals.add(id(100 + i), ATTACKERS, List.of(event(at, MIB / 32)));
        }
        rig.journals.flush();
      }
      assertThat(journalBytes(rig)).isBetween(3L * MIB, 4L * MIB + MIB / 16);

      rig.journals.add(id(1), OTHERS, List.of(event(1, 100)));
      assertThat(rig.journals.after(id(1), 0, 10)).hasSize(1);
      time.pass(Duration.ofHours(25));
      rig.journals.add(id(100), ATTACKERS, List.of(event(100, 100)));
      assertThat(rig.journals.after(id(100), 99, 10)).hasSize(1);
    }
  }

  @Test
  void writeQueue_isSharedBetweenAddresses() throws IOException {
    try (FleetRig rig = new FleetRig(folder, time)) {
      for (int i = 0; i < 1_000; i++) {
        rig.journals.add(id(100 + i), ATTACKERS, List.of(event(1, 60_000)));
      }
      rig.journals.add(id(1), OTHERS, List.of(event(1, 60_000)));

      assertThat(rig.journals.after(id(1), 0, 10)).hasSize(1);
    }
  }

  private static long journalBytes(FleetRig rig) throws IOException {
    long bytes = 0;
    for (int i = 0; i < 20; i++) {
      for (JournalLedger.Entry entry : rig.journals.after(id(100 + i), 0, 1_000)) {
        bytes += entry.line().length();
      }
    }
    return bytes;
  }

  private static Id id(int number) {
    return new Id(String.format("agent-%08x", number));
  }

  private static EventLine event(long sequence, int chars) {
    return new EventLine(
        sequence,
        ManualTime.START,
        "whorl.X",
        Map.of("text", "x".repeat(chars)),
        "main",
        List.of());
  }
}
