package whorl.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedJarTest {
  private static final int ENTRIES = 500;
  private static final byte[] STORED = "not compressed".getBytes(UTF_8);

  @TempDir Path folder;
  private File file;

  @BeforeEach
  void writeJar() throws IOException {
    file = folder.resolve("some.jar").toFile();
    try (OutputStream out = Files.newOutputStream(file.toPath());
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setComment("a comment behind the directory");
      zip.putNextEntry(new ZipEntry("folder/"));
      for (int i = 0; i < ENTRIES; i++) {
        zip.putNextEntry(new ZipEntry(name(i)));
        zip.write(content(i));
      }
      zip.putNextEntry(stored("stored.txt", STORED));
      zip.write(STORED);
    }
  }

  @Test
  void read_eachEntry_returnsItsContent() throws IOException {
    MappedJar jar = MappedJar.of(file);

    for (int i = 0; i < ENTRIES; i++) {
      assertThat(jar.has(name(i))).isTrue();
      assertThat(jar.read(name(i))).as(name(i)).isEqualTo(content(i));
    }
    assertThat(jar.read("stored.txt")).isEqualTo(STORED);
    assertThat(jar.read("folder/")).isEmpty();
  }

  @Test
  void read_missingEntry_isNull() throws IOException {
    MappedJar jar = MappedJar.of(file);

    assertThat(jar.read("folder/none.bin")).isNull();
    assertThat(jar.has("folder/none.bin")).isFalse();
  }

  @Test
  void nested_archiveInAnEntry_isReadInPlace() throws IOException {
    File outer = folder.resolve("outer.jar").toFile();
    byte[] inner = Files.readAllBytes(file.toPath());
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(outer.toPath()))) {
      zip.putNextEntry(stored("first.txt", STORED));
      zip.write(STORED);
      zip.putNextEntry(stored("inner.zip", inner));
      zip.write(inner);
    }

    MappedJar jar = MappedJar.of(outer);

    assertThat(jar.nested("inner.zip").read(name(7))).isEqualTo(content(7));
    assertThatThrownBy(() -> jar.nested("none.zip")).hasMessageContaining("lacks none.zip");
  }

  @Test
  void open_noJar_failsWithAMessage() throws IOException {
    Files.write(file.toPath(), new byte[100]);

    assertThatThrownBy(() -> MappedJar.of(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("some.jar")
        .hasMessageContaining("cannot be read as a jar");
  }

  @Test
  void read_jarThatWasShortenedMeanwhile_isAnException() throws IOException {
    MappedJar jar = MappedJar.of(file);
    try (RandomAccessFile shortened = new RandomAccessFile(file, "rw")) {
      shortened.setLength(0);
    }

    assertThatThrownBy(() -> jar.read(name(ENTRIES - 1)))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("changed while it was in use: it was shortened");
    assertThatThrownBy(() -> jar.has(name(1))).isInstanceOf(IOException.class);
  }

  private static ZipEntry stored(String name, byte[] content) {
    ZipEntry stored = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(content);
    stored.setMethod(ZipEntry.STORED);
    stored.setSize(content.length);
    stored.setCrc(crc.getValue());
    return stored;
  }

  private static String name(int i) {
    return "folder/" + i + ".bin";
  }

  private static byte[] content(int i) {
    byte[] content = new byte[i * 20];
    new Random(i).nextBytes(content);
    return content;
  }
}
