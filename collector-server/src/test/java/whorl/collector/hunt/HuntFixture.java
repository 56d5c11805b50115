package whorl.collector.hunt;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.ManualTime;

/** A collector that hunts, with agents that a test speaks for. */
abstract class HuntFixture {
  static final String CLASS = "{\"class\":{\"name\":\"com.evil.*\"}}";

  @TempDir Path folder;
  final ManualTime time = new ManualTime();
  HuntRig rig;

  @BeforeEach
  void open() throws IOException {
    FleetRig fleet = new FleetRig(folder, time);
    rig = new HuntRig(folder, fleet, fleet.notifications);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }
}
