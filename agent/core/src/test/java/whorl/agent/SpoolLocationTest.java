package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.environment.Environment;
import whorl.agent.ship.spool.Spool;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

class SpoolLocationTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path folder;

  @Test
  void open_folderOfAPodWithALimit_takesNoMoreThanTheSettingSays() {
    try (Spool spool = open(8 * MIB)) {
      assertThat(folder.resolve("whorl-spool")).isDirectory();
      assertThat(spool.roomBytes()).isEqualTo(8 * MIB);
    }
  }

  @Test
  void open_settingThatNoCaptureFitsIn_givesTheLeastRoom() {
    try (Spool spool = open(1)) {
      assertThat(spool.roomBytes()).isEqualTo(4 * MIB);
    }
  }

  private Spool open(long maxBytes) {
    AgentIdentity identity =
        new AgentIdentity(
            Id.next(InstantSource.system()),
            "shop",
            null,
            Map.of(),
            null,
            null,
            null,
            null,
            1,
            "a JVM",
            "0");
    Environment environment = Environment.probe(Path.of("/"), folder, null);
    return SpoolLocation.open(environment, identity, false, true, maxBytes);
  }
}
