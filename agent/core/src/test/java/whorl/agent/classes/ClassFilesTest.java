package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClassFilesTest {
  private static final String NAME = Sought.class.getName().replace('.', '/') + ".class";

  @TempDir Path folder;

  /** A class that is in the jars. */
  static final class Sought {}

  /** A class that is not. */
  static final class Absent {}

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void find_inAJarWithinAJar_returnsTheVersionThatThisJvmLoads(boolean stored) throws Exception {
    byte[] bytes = bytes(Sought.class);
    byte[] newer = {1, 2, 3};
    Path inner = folder.resolve("inner.jar");
    write(
        inner,
        false,
        Map.of(
            NAME,
            bytes,
            "META-INF/versions/9/" + NAME,
            newer,
            "META-INF/versions/4711/" + NAME,
            new byte[] {4}));
    Path outer = folder.resolve("outer.jar");
    write(outer, stored, Map.of("BOOT-INF/lib/inner.jar", Files.readAllBytes(inner)));
    Class<?> sought = define(Sought.class, outer);
    Class<?> absent = define(Absent.class, outer);
    ClassFiles files = new ClassFiles();

    files.find(Set.of(sought, absent));

    assertThat(files.of(sought).outcome()).isEqualTo(ClassFiles.Outcome.FOUND);
    assertThat(files.of(sought).bytes()).isEqualTo(newer);
    assertThat(files.of(absent).outcome()).isEqualTo(ClassFiles.Outcome.ABSENT);
  }

  private static byte[] bytes(Class<?> type) throws Exception {
    String name = "/" + type.getName().replace('.', '/') + ".class";
    try (InputStream in = ClassFilesTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static Class<?> define(Class<?> type, Path outer) throws Exception {
    URI place = URI.create("jar:file:" + outer + "!/BOOT-INF/lib/inner.jar!/");
    CodeSource source = new CodeSource(place.toURL(), (Certificate[]) null);
    byte[] bytes = bytes(type);
    return new ClassLoader(null) {
      Class<?> defined() {
        return defineClass(null, bytes, 0, bytes.length, new ProtectionDomain(source, null));
      }
    }.defined();
  }

  private static void write(Path file, boolean stored, Map<String, byte[]> entries)
      throws Exception {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
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
  }
}
