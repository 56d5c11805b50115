package whorl.collector.fleet.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig.Wire;

class IdentityNamesTest {
  @TempDir Path folder;

  /** An index of PostgreSQL takes no longer one, and would keep other agents' alerts from it. */
  @Test
  void serviceWithALongName_isCut() throws IOException {
    try (FleetRig rig = new FleetRig(folder, new ManualTime())) {
      Wire wire = rig.connect(agent(1, "\u4e2d".repeat(1_000), "prod"));

      assertThat(rig.fleet.isConnectedHere(wire.id())).isTrue();
      assertThat(rig.fleet.agent(wire.id()).identity().service()).hasSize(256).endsWith("…");
    }
  }
}
