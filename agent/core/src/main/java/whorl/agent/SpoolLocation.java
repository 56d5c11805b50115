package whorl.agent;

import java.io.IOException;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.Reason;
import whorl.agent.config.MemoryBudget;
import whorl.agent.environment.Environment;
import whorl.agent.environment.WritableFolder;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.evidence.AgentIdentity;

/**
 * Chooses where evidence waits for the collector or for {@code evidence.dir}: in the writable
 * folder with most free space, up to a third of it and never the last megabytes, else in memory.
 * The free space does not show what a pod may use of it: {@code spool.max-size} is for that. With
 * neither collector nor {@code evidence.dir} there is no evidence, and nothing is written.
 */
final class SpoolLocation {
  private static final long MIB = 1 << 20;
  private static final long MIN_ROOM_BYTES = 4 * MIB;
  private static final long SMALL_ROOM_BYTES = 128 * MIB;
  private static final long SMALL_RESERVE_BYTES = 5 * MIB;
  private static final long LARGE_RESERVE_BYTES = 16 * MIB;

  private SpoolLocation() {}

  /**
   * Opens the spool of this JVM.
   *
   * @param encrypts true if only encrypted evidence may leave
   * @param hasDestination true if evidence is taken at all
   * @param maxBytes the limit of the settings, for a folder
   */
  static Spool open(
      Environment environment,
      AgentIdentity identity,
      boolean encrypts,
      boolean hasDestination,
      long maxBytes) {
    if (!hasDestination) {
      return Spool.inMemory(identity.id(), MemoryBudget.OF_THIS_JVM.evidenceBytes());
    }
    SpoolOwner owner = new SpoolOwner(identity.id(), Workload.of(identity), encrypts);
    for (WritableFolder folder : environment.writableFolders()) {
      long roomBytes = roomBytes(folder, environment);
      if (roomBytes / 3 >= MIN_ROOM_BYTES) {
        long reserveBytes =
            roomBytes < SMALL_ROOM_BYTES ? SMALL_RESERVE_BYTES : LARGE_RESERVE_BYTES;
        try {
          return Spool.inFolder(
              folder.path().resolve("whorl-spool"),
              owner,
              Math.max(MIN_ROOM_BYTES, Math.min(maxBytes, roomBytes / 3)),
              () -> Math.max(0, roomBytes(folder, environment) - reserveBytes));
        } catch (IOException e) {
          LoggerFactory.getLogger(SpoolLocation.class)
              .warn("no spool in {}: {}", folder.path(), Reason.of(e));
        }
      }
    }
    return Spool.inMemory(identity.id(), MemoryBudget.OF_THIS_JVM.evidenceBytes());
  }

  private static long roomBytes(WritableFolder folder, Environment environment) {
    long roomBytes = folder.roomBytesNow();
    if (!folder.inMemory()) {
      return roomBytes;
    }
    long headroom = environment.cgroup().headroomBytes();
    return headroom >= 0 ? Math.min(roomBytes, headroom / 2) : roomBytes;
  }
}
