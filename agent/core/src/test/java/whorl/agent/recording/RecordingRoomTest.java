package whorl.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import whorl.agent.environment.WritableFolder;

class RecordingRoomTest {
  private static final long MIB = 1 << 20;

  @Test
  void in_largeFolder_grantsTheWantedSize() {
    RecordingRoom room = RecordingRoom.in(folder(10_000 * MIB, false), 24 * MIB, -1);

    assertThat(room.maxBytes()).isEqualTo(24 * MIB);
    assertThat(room.reserveBytes()).isEqualTo(24 * MIB);
  }

  @Test
  void in_sixteenMebibytes_leavesReserveAndSpool() {
    RecordingRoom room = RecordingRoom.in(folder(16 * MIB, true), 24 * MIB, -1);

    assertThat(room.chunkBytes()).isEqualTo(MIB);
    assertThat(room.bufferBytes()).isPositive();
    assertThat(3 * room.maxBytes() + room.reserveBytes()).isLessThanOrEqualTo(16 * MIB);
  }

  @Test
  void in_fewMebibytes_isNull() {
    assertThat(RecordingRoom.in(folder(8 * MIB, false), 24 * MIB, -1)).isNull();
  }

  @Test
  void in_tmpfs_countsAgainstTheContainersMemory() {
    assertThat(RecordingRoom.in(folder(64 * MIB, true), 24 * MIB, 16 * MIB)).isNull();
    assertThat(RecordingRoom.in(folder(64 * MIB, false), 24 * MIB, 16 * MIB)).isNotNull();
  }

  private static WritableFolder folder(long roomBytes, boolean inMemory) {
    return new WritableFolder(Path.of("/dev/shm"), roomBytes, inMemory);
  }
}
