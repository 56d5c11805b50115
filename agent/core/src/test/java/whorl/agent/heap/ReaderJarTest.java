package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.environment.WritableFolder;

class ReaderJarTest {
  @TempDir Path folder;

  @Test
  void jarThatIsThere_isUsed() throws Exception {
    Path jar = Files.writeString(folder.resolve("a.jar"), "agent");

    try (ReaderJar used = ReaderJar.of(jar, folder)) {
      assertThat(used.path()).isEqualTo(jar);
    }
    assertThat(jar).exists();
  }

  @Test
  void jarThatWasDeleted_isCopiedFromItsDescriptor_forTheTimeOfTheDump() throws Exception {
    Path jar = Files.writeString(folder.toRealPath().resolve("a.jar"), "agent");
    try (RandomAccessFile open = new RandomAccessFile(jar.toFile(), "r")) {
      assertThat(open.length()).isEqualTo(5);
      Files.delete(jar);

      Path copy;
      try (ReaderJar used = ReaderJar.of(jar, folder)) {
        copy = used.path();
        assertThat(copy).hasContent("agent");
      }
      assertThat(copy).doesNotExist();
      assertThat(memory(jar, true)).isEqualTo(5);
      assertThat(memory(jar, false)).isZero();
    }
  }

  @Test
  void jarThatIsGoneForGood_isAnError() {
    assertThatThrownBy(() -> ReaderJar.of(folder.resolve("none.jar"), folder))
        .hasMessageContaining("none.jar is gone");
  }

  private long memory(Path jar, boolean inMemory) {
    return ReaderJar.memoryBytes(jar, List.of(new WritableFolder(folder, 1 << 20, inMemory)));
  }
}
