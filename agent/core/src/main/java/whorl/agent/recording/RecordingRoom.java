package whorl.agent.recording;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.environment.Environment;
import whorl.agent.environment.WritableFolder;

/**
 * The recording's folder and how much space it may use. HotSpot aborts the application if JFR meets
 * a full disk, so the sizes leave a reserve for JFR's own buffers.
 *
 * @param folder the repository's parent
 * @param maxBytes of the recording; {@code chunkBytes} of one of its files
 * @param bufferBytes of JFR in memory
 * @param reserveBytes the recording stops if less than this is free
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
  private static final long MIN_ROOM_BYTES = 12 * MIB;
  private static final long SMALL_ROOM_BYTES = 128 * MIB;
  private static final long SMALL_RESERVE_BYTES = 6 * MIB;
  private static final long LARGE_RESERVE_BYTES = 24 * MIB;
  private static final long SMALL_BUFFER_BYTES = 2 * MIB;
  private static final long LARGE_BUFFER_BYTES = 4 * MIB;
  private static final long SMALL_CHUNK_BYTES = MIB;
  private static final long LARGE_CHUNK_BYTES = 3 * MIB;

  /** Returns the first folder with enough space; null if there is none. */
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

  /** Returns the sizes for this folder; null if it has too little space. */
  static @Nullable RecordingRoom in(WritableFolder folder, long wantedBytes, long headroomBytes) {
    long room = folder.roomBytes();
    if (folder.inMemory() && headroomBytes >= 0) {
      room = Math.min(room, headroomBytes / 2);
    }
    if (room < MIN_ROOM_BYTES) {
      return null;
    }
    boolean small = room < SMALL_ROOM_BYTES;
    long reserve = small ? SMALL_RESERVE_BYTES : LARGE_RESERVE_BYTES;
    // Space for the recording, a copy of the same size that a capture spools, and one chunk being
    // written.
    long maxBytes = (room - reserve) / 3;
    return new RecordingRoom(
        folder.path(),
        Math.max(MIB, Math.min(wantedBytes, maxBytes)),
        small ? SMALL_CHUNK_BYTES : LARGE_CHUNK_BYTES,
        small ? SMALL_BUFFER_BYTES : LARGE_BUFFER_BYTES,
        reserve,
        small ? 2 * MIB : 4 * MIB);
  }
}
