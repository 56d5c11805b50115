package whorl.agent.recording;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.environment.Environment;
import whorl.agent.environment.WritableFolder;

/**
 * Where the recording lies and how much of that folder it may take. HotSpot ends the application
 * when JFR meets a full disk, so the sizes leave a reserve that JFR's own buffers fit into.
 *
 * @param folder the repository's parent
 * @param maxBytes of the recording; {@code chunkBytes} of one of its files
 * @param bufferBytes of JFR in memory
 * @param reserveBytes below this much free space the recording is stopped
 * @param ballastBytes of the file that is deleted at that moment, part of the reserve
 */
record RecordingRoom(
    Path folder,
    long maxBytes,
    long chunkBytes,
    long bufferBytes,
    long reserveBytes,
    long ballastBytes) {
  private static final long MIB = 1 << 20;
  private static final long LEAST_ROOM = 12 * MIB;
  private static final long SMALL_ROOM = 128 * MIB;
  private static final long SMALL_RESERVE = 6 * MIB;
  private static final long LARGE_RESERVE = 24 * MIB;
  private static final long SMALL_BUFFERS = 2 * MIB;
  private static final long LARGE_BUFFERS = 4 * MIB;
  private static final long SMALL_CHUNK = MIB;
  private static final long LARGE_CHUNK = 3 * MIB;

  /** The first folder with room enough; null when there is none. */
  static @Nullable RecordingRoom find(Environment environment, AgentConfig.Recording wanted) {
    if (wanted.dir() != null) {
      for (WritableFolder folder : environment.writableFolders()) {
        if (folder.path().equals(wanted.dir().toAbsolutePath().normalize())) {
          return in(folder, wanted.maxSizeBytes(), environment.cgroup().headroomBytes());
        }
      }
    }
    for (WritableFolder folder : environment.writableFolders()) {
      RecordingRoom room = in(folder, wanted.maxSizeBytes(), environment.cgroup().headroomBytes());
      if (room != null) {
        return room;
      }
    }
    return null;
  }

  /** The room within this folder; null when it is too little. */
  static @Nullable RecordingRoom in(WritableFolder folder, long wantedBytes, long headroomBytes) {
    long room = folder.roomBytes();
    if (folder.inMemory() && headroomBytes >= 0) {
      room = Math.min(room, headroomBytes / 2);
    }
    if (room < LEAST_ROOM) {
      return null;
    }
    boolean small = room < SMALL_ROOM;
    long reserve = small ? SMALL_RESERVE : LARGE_RESERVE;
    // As much again for the copy that a capture spools, and one chunk that is being written.
    long most = (room - reserve) / 3;
    return new RecordingRoom(
        folder.path(),
        Math.max(MIB, Math.min(wantedBytes, most)),
        small ? SMALL_CHUNK : LARGE_CHUNK,
        small ? SMALL_BUFFERS : LARGE_BUFFERS,
        reserve,
        small ? 2 * MIB : 4 * MIB);
  }
}
