package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JarDirectoryTest {
  private static final byte[] LONG = "long ".repeat(10_000).getBytes(StandardCharsets.UTF_8);
  private static final byte[] SHORT = "short".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void inner_uncompressedAfterAScript_returnsItsEntries() throws Exception {
    Path file = folder.resolve("app.jar");
    byte[] inner = zip(Map.of("a/Long.class", LONG, "a/Short.class", SHORT), false);
    Files.writeString(file, "#!/bin/sh\nexec java -jar\n");
    Files.write(file, zip(Map.of("lib/inner.jar", inner), true), StandardOpenOption.APPEND);

    try (FileChannel channel = FileChannel.open(file)) {
      JarDirectory outer = JarDirectory.of(channel);
      JarDirectory read = outer.inner(outer.entries().get("lib/inner.jar"));

      assertThat(read.entries()).containsOnlyKeys("a/Long.class", "a/Short.class");
      assertThat(read.bytes(read.entries().get("a/Long.class"), 1 << 20)).isEqualTo(LONG);
      assertThat(read.bytes(read.entries().get("a/Short.class"), 1 << 20)).isEqualTo(SHORT);
      assertThat(read.bytes(read.entries().get("a/Long.class"), 1_000)).isNull();
    }
  }

  @Test
  void inner_compressed_isRefused() throws Exception {
    Path file = folder.resolve("app.jar");
    Files.write(file, zip(Map.of("lib/inner.jar", zip(Map.of("a", SHORT), false)), false));

    try (FileChannel channel = FileChannel.open(file)) {
      JarDirectory outer = JarDirectory.of(channel);

      assertThatThrownBy(() -> outer.inner(outer.entries().get("lib/inner.jar")))
          .isInstanceOf(ZipException.class);
    }
  }

  @Test
  void of_anyByteWrong_failsOnlyWithIoExceptions() throws Exception {
    byte[] whole = zip(new TreeMap<>(Map.of("a", SHORT, "b", LONG)), false);
    Path file = folder.resolve("broken.jar");
    for (int i = 0; i < whole.length; i++) {
      byte[] broken = whole.clone();
      broken[i] ^= (byte) 0xff;
      Files.write(file, broken);
      try (FileChannel channel = FileChannel.open(file)) {
        JarDirectory read = JarDirectory.of(channel);
        for (JarDirectory.Entry entry : read.entries().values()) {
          byte[] unused = read.bytes(entry, 1 << 20);
        }
      } catch (IOException expected) {
        assertThat(expected).isNotNull();
      }
    }
  }

  @Test
  void of_cutOrEmpty_isRefused() throws Exception {
    Path file = folder.resolve("cut.jar");
    byte[] whole = zip(Map.of("a", SHORT), false);
    for (int length : new int[] {0, 5, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (FileChannel channel = FileChannel.open(file)) {
        assertThatThrownBy(() -> JarDirectory.of(channel)).isInstanceOf(ZipException.class);
      }
    }
  }

  private static byte[] zip(Map<String, byte[]> entries, boolean stored) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(each.getKey());
        if (stored) {
          CRC32 crc = new CRC32();
          crc.update(each.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(each.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(each.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
