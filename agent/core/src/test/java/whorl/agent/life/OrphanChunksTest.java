package whorl.agent.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanChunksTest {
  private static final int GENERATION = 5;

  @TempDir Path folder;

  @Test
  void unfinishedChunk_isCutToItsCompleteSizeAndMarkedFinished() throws IOException {
    chunk("2026_01_01_00_00_02.jfr", 100, 140, GENERATION);
    byte[] copied = copy(1_000);

    assertThat(copied).hasSize(100);
    assertThat(copied[64]).isZero();
  }

  @Test
  void chunks_newestThatFit_areInOrder() throws IOException {
    chunk("2026_01_01_00_00_01.jfr", 100, 100, 0);
    chunk("2026_01_01_00_00_03.jfr", 90, 200, GENERATION);
    chunk("2026_01_01_00_00_02.jfr", 80, 80, 0);

    byte[] copied = copy(180);
    assertThat(copied).hasSize(170);
    assertThat(ByteBuffer.wrap(copied).getLong(8)).isEqualTo(80);
  }

  @Test
  void otherFilesAndEmptyChunks_areOmitted() throws IOException {
    chunk("2026_01_01_00_00_01.jfr", 0, 100, GENERATION);
    chunk("2026_01_01_00_00_02.jfr", 500, 100, 0);
    Files.writeString(folder.resolve("other.jfr"), "x".repeat(200));
    Files.writeString(folder.resolve("short.jfr"), "FLR");

    assertThat(OrphanChunks.any(folder, 1_000)).isFalse();
    assertThat(OrphanChunks.any(folder.resolve("gone"), 1_000)).isFalse();
    assertThat(copy(1_000)).isEmpty();
  }

  private byte[] copy(long maxBytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(OrphanChunks.copy(folder, maxBytes, out)).isEqualTo(out.size());
    return out.toByteArray();
  }

  private void chunk(String name, long size, int length, int state) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    bytes.putInt(0x464c5200).putInt(0x00020001).putLong(size);
    bytes.put(64, (byte) state);
    Files.write(folder.resolve(name), bytes.array());
  }
}
