package whorl.agent;

import java.io.IOException;
import org.slf4j.LoggerFactory;
import whorl.agent.config.MemoryBudget;
import whorl.agent.environment.Environment;
import whorl.agent.environment.WritableFolder;
import whorl.agent.ship.Spool;
import whorl.evidence.Id;

/**
 * Where evidence waits for the collector: in the writable folder with most room, of which it takes
 * at most a third and never the last megabytes, else in memory.
 */
final class SpoolPlace {
  private static final long MIB = 1 << 20;
  private static final long FOLDER_MAX_BYTES = 1024 * MIB;
  private static final long LEAST_ROOM = 4 * MIB;
  private static final long SMALL_ROOM = 128 * MIB;
  private static final long SMALL_RESERVE = 5 * MIB;
  private static final long LARGE_RESERVE = 16 * MIB;

  private SpoolPlace() {}

  static Spool open(Environment environment, Id agent) {
    for (WritableFolder folder : environment.writableFolders()) {
      long room = room(folder, environment);
      if (room / 3 >= LEAST_ROOM) {
        long reserve = room < SMALL_ROOM ? SMALL_RESERVE : LARGE_RESERVE;
        try {
          return Spool.inFolder(
              folder.path().resolve("whorl-spool"),
              agent,
              Math.min(FOLDER_MAX_BYTES, room / 3),
              () -> Math.max(0, room(folder, environment) - reserve));
        } catch (IOException e) {
          LoggerFactory.getLogger(SpoolPlace.class)
              .warn("no spool in {}: {}", folder.path(), e.toString());
        }
      }
    }
    return Spool.inMemory(agent, MemoryBudget.OF_THIS_JVM.evidenceBytes());
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
