package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.objectweb.asm.ClassReader;
import whorl.evidence.Json;

/** An attacker's class files and class lists, as the collector's own JVM reads them. */
class ClassFilesFuzzTest {
  /** If ASM can read the class file, the name must equal ASM's. */
  @FuzzTest
  void name_isTheClassesOwn(byte[] input) {
    String name = ClassFileName.of(input);
    String path = ClassArchive.path(name);
    if (path != null) {
      Path file = Path.of("/zip").resolve(path);
      assertThat(file.normalize()).isEqualTo(file);
      assertThat(file.startsWith(Path.of("/zip"))).isTrue();
      assertThat(path).matches("[A-Za-z0-9_$/-]+");
    }
    String byAsm = nameByAsm(input);
    if (byAsm != null && name != null) {
      assertThat(name).isEqualTo(byAsm.replace('/', '.'));
    }
  }

  @FuzzTest
  void path_staysInItsFolder(byte[] input) {
    String path = ClassArchive.path(new String(input, StandardCharsets.UTF_8));
    if (path != null) {
      Path file = Path.of("/zip").resolve(path);
      assertThat(file.normalize()).isEqualTo(file);
      assertThat(file.startsWith(Path.of("/zip"))).isTrue();
    }
  }

  @FuzzTest
  void line_isAClassOrNone(byte[] input) throws IOException {
    ClassLine line = ClassLine.parse(input);
    if (line != null) {
      assertThat(line.rank()).isBetween(-1, ClassIndex.RANK_KEPT);
      assertThat(ClassLine.parse(Json.bytes(line))).isEqualTo(line);
    }
  }

  private static String nameByAsm(byte[] file) {
    try {
      return new ClassReader(file).getClassName();
    } catch (RuntimeException noClass) {
      // ASM fails on malformed class files with arbitrary exceptions.
      return null;
    }
  }
}
