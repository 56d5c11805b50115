package whorl.collector.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.hunt.HuntRig.answer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;

/** The collector's part of a hunt over a large fleet: agents answer at once. */
class HuntOfManyAgentsTest {
  @TempDir Path folder;

  @Test
  @Timeout(60)
  void hundredAgents() throws Exception {
    hunt(100);
  }

  @Test
  @Tag("long")
  @Timeout(300)
  void thousandAgents() throws Exception {
    hunt(1_000);
  }

  private void hunt(int agents) throws Exception {
    FleetRig fleet = new FleetRig(folder, new ManualTime());
    try (HuntRig rig = new HuntRig(folder, fleet, fleet.notifications)) {
      List<Wire> wires = new ArrayList<>();
      for (int i = 0; i < agents; i++) {
        wires.add(rig.connect(FleetRig.agent(i)));
      }
      long begin = System.nanoTime();
      String hunt = rig.start("{\"class\":{\"name\":\"x\"}}");
      long asked = System.nanoTime();
      String[] rows = new String[10];
      java.util.Arrays.fill(rows, "com.evil.Shell");
      for (Wire wire : wires) {
        answer(wire, rows);
      }
      rig.hunts.work();
      long stored = System.nanoTime();
      rig.pass(Duration.ofSeconds(2));

      assertThat(rig.show(hunt).path("state").asText()).isEqualTo("ended");
      assertThat(rig.show(hunt).at("/agents/answered").asInt()).isEqualTo(agents);
      assertThat(rig.show(hunt).path("rows").asInt()).isEqualTo(agents * 10);
      System.out.printf(
          "hunt of %d agents: all asked after %d ms, all %d rows stored %d ms later%n",
          agents, (asked - begin) / 1_000_000, agents * 10, (stored - asked) / 1_000_000);
      assertThat(Duration.ofNanos(stored - begin)).isLessThan(Duration.ofSeconds(30));
    }
  }
}
