package whorl.agent;

import java.io.IOException;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.Reason;
import whorl.agent.config.MemoryBudget;
import whorl.agent.environment.Environment;
import whorl.agent.environment.WritableFolder;
import whorl.agent.ship.Spool;
import whorl.agent.ship.SpoolOwner;
import whorl.evidence.AgentIdentity;

/**
 * Where evidence waits for the collector or for {@code evidence.dir}: in the writable folder with
 * most room, up to a third of it and never the last megabytes, else in memory. Where there is
 * neither of the two, no evidence comes, and nothing is written.
 */
final class SpoolLocation {
  private static final long MIB = 1 << 20;
  private static final long FOLDER_MAX_BYTES = 1024 * MIB;
  private static final long LEAST_ROOM = 4 * MIB;
  private static final long SMALL_ROOM = 128 * MIB;
  private static final long SMALL_RESERVE = 5 * MIB;
  private static final long LARGE_RESERVE = 16 * MIB;

  private SpoolLocation() {}

  /**
   * Opens the spool of this JVM.
   *
   * @param encrypts whether its evidence is to leave encrypted alone
   * @param somewhere whether evidence is taken at all
   */
  static Spool open(
      Environment environment, AgentIdentity identity, boolean encrypts, boolean somewhere) {
    if (!somewhere) {
      return Spool.inMemory(identity.id(), MemoryBudget.OF_THIS_JVM.evidenceBytes());
    }
    SpoolOwner owner = new SpoolOwner(identity.id(), Workload.of(identity), encrypts);
    for (WritableFolder folder : environment.writableFolders()) {
      long room = room(folder, environment);
      if (room / 3 >= LEAST_ROOM) {
        long reserve = room < SMALL_ROOM ? SMALL_RESERVE : LARGE_RESERVE;
        try {
          return Spool.inFolder(
              folder.path().resolve("whorl-spool"),
              owner,
              Math.min(FOLDER_MAX_BYTES, room / 3),
              () -> Math.max(0, room(folder, environment) - reserve));
        } catch (IOException e) {
          LoggerFactory.getLogger(SpoolLocation.class)
              .warn("no spool in {}: {}", folder.path(), Reason.of(e));
        }
      }
    }
    return Spool.inMemory(identity.id(), MemoryBudget.OF_THIS_JVM.evidenceBytes());
  }

  private static long room(WritableFolder folder, Environment environment) {
    long room = folder.roomBytesNow();
    if (!folder.inMemory()) {
      return room;
    }
    long headroom = environment.cgroup().headroomBytes();
    return headroom >= 0 ? Math.min(room, headroom / 2) : room;
  }
}
