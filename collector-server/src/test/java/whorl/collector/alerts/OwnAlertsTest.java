package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.ManualTime;
import whorl.evidence.EventLine;

/** The collector's own alerts, whose number agents decide. */
class OwnAlertsTest {
  private static final int ROOM_KIBIBYTES = 64;

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();

  @Test
  void journals_haveAnEighthOfTheRoom_andAlertsAreKeptWithoutThemThen() throws Exception {
    List<EventLine> journal = LongStream.range(0, 40).mapToObj(FleetRig::event).toList();
    try (AlertRig rig = new AlertRig(folder, time, 1_000, ROOM_KIBIBYTES)) {
      for (int i = 0; i < 3; i++) {
        rig.fleet.lostAgentSink.lostAgents(rig.alert("collector.agent-silent"), null, journal);
      }

      JsonNode listed = rig.listed();
      assertThat(listed).hasSize(3);
      assertThat(listed.findValuesAsText("journalEvents")).containsExactly("0", "0", "40");
      assertThat(rig.counters.trimmedEvents()).isEqualTo(80);
    }
  }
}
