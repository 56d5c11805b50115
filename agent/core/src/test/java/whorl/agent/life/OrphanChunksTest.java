package whorl.agent.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanChunksTest {
  @TempDir Path folder;

  @Test
  void newest_chunksThatFit_areInOrder() throws IOException {
    chunk("2026_01_01_00_00_01.jfr", 100, 100);
    chunk("2026_01_01_00_00_03.jfr", 90, 200);
    chunk("2026_01_01_00_00_02.jfr", 80, 80);

    assertThat(OrphanChunks.newest(folder, 180))
        .extracting(chunk -> chunk.file().getFileName().toString())
        .containsExactly("2026_01_01_00_00_02.jfr", "2026_01_01_00_00_03.jfr");
  }

  @Test
  void newest_otherFilesAndEmptyChunks_areOmitted() throws IOException {
    chunk("2026_01_01_00_00_01.jfr", 0, 100);
    chunk("2026_01_01_00_00_02.jfr", 500, 100);
    chunk("2026_01_01_00_00_03.jfr", 68, 68);
    metadata("2026_01_01_00_00_03.jfr", 0);
    Files.writeString(folder.resolve("other.jfr"), "x".repeat(200));
    Files.writeString(folder.resolve("short.jfr"), "FLR");

    assertThat(OrphanChunks.newest(folder, 1_000)).isEmpty();
  }

  /** A file may be far longer than its first chunk, and be a planted one. */
  @Test
  void open_fileLongerThanItsChunk_isReadToTheEndOfTheChunk() throws IOException {
    chunk("2026_01_01_00_00_01.jfr", 100, 300);

    OrphanChunks.Chunk chunk = OrphanChunks.newest(folder, 1_000).get(0);

    try (InputStream first = chunk.open();
        InputStream again = chunk.open()) {
      assertThat(first.readAllBytes()).hasSize(100);
      assertThat(again.read()).isEqualTo('F');
      assertThat(again.readAllBytes()).hasSize(99);
      assertThat(again.read()).isEqualTo(-1);
    }
  }

  @Test
  void newest_noFolder_isRefused() {
    assertThatThrownBy(() -> OrphanChunks.newest(folder.resolve("gone"), 1_000))
        .isInstanceOf(NoSuchFileException.class);
  }

  private void chunk(String name, long size, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    bytes.putInt(0x464c5200).putInt(0x00020001).putLong(size);
    Files.write(folder.resolve(name), bytes.array());
    metadata(name, 68);
  }

  private void metadata(String name, long position) throws IOException {
    Path file = folder.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, ByteBuffer.wrap(bytes).putLong(24, position).array());
  }
}
