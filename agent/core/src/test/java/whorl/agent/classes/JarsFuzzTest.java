package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jars and class files on the application's disk, which an intruder may have changed. */
class JarsFuzzTest {
  private static final int CONTENT_MAX_BYTES = 1 << 20;

  @FuzzTest
  void anyJar_isListedOrRefused(byte[] input) throws IOException {
    Path file = Files.createTempFile("fuzz", ".jar");
    try {
      Files.write(file, input);
      try (FileChannel channel = FileChannel.open(file)) {
        read(channel);
      }
      ClassPlace inner = ClassPlace.of("jar:file:" + file + "!/BOOT-INF/lib/a.jar!/");
      ClassPlace outer = ClassPlace.of("file:" + file);
      for (ClassPlace place : new ClassPlace[] {inner, outer}) {
        Map<String, ClassFiles.Lookup> found =
            new ClassFiles().find(place, Set.of("Small.class", "a/B.class"));
        assertThat(found).hasSize(2);
        for (ClassFiles.Lookup lookup : found.values()) {
          assertThat(lookup.bytes() != null)
              .isEqualTo(lookup.outcome() == ClassFiles.Outcome.FOUND);
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  /** ASM may throw any runtime exception for what is not a class file. */
  @FuzzTest
  void classFile_differsInNothingFromItself(byte[] input) {
    List<String> different;
    try {
      different = ClassDifference.between(input, input.clone());
    } catch (RuntimeException noClassFile) {
      return;
    }
    assertThat(different).isEmpty();
  }

  private static void read(FileChannel channel) {
    try {
      JarDirectory jar = JarDirectory.of(channel);
      for (JarDirectory.Entry entry : jar.entries().values()) {
        content(jar, entry);
      }
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  private static void content(JarDirectory jar, JarDirectory.Entry entry) {
    try {
      byte[] bytes = jar.bytes(entry, CONTENT_MAX_BYTES);
      assertThat(bytes == null ? 0 : bytes.length).isLessThanOrEqualTo(CONTENT_MAX_BYTES);
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
