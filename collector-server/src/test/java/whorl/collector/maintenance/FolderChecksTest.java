package whorl.collector.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderChecksTest {
  @TempDir private Path folder;

  @BeforeEach
  void close() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  private Map<String, String> states() {
    Map<String, String> states = new TreeMap<>();
    FolderChecks.of(folder).forEach(each -> states.put(each.name(), each.state().word()));
    return states;
  }

  @Test
  void freshFolder_isRight() {
    assertThat(states())
        .containsEntry("lock", "ok")
        .containsEntry("permissions", "ok")
        .containsKey("room");
  }

  @Test
  void folderInUse_isAWarning_andItsDatabasesAreLeftAlone() throws IOException {
    Files.writeString(folder.resolve("catalog.db"), "no database at all, as a check would say");
    try (DataLock lock = DataLock.take(folder)) {
      assertThat(lock).isNotNull();
      assertThat(states()).containsEntry("lock", "warn").doesNotContainKey("catalog.db");
    }
    assertThat(states()).containsEntry("lock", "ok").containsEntry("catalog.db", "fail");
  }

  @Test
  void openFolder_openTokens_andMarks_areFound() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("tokens"), "viewer secret");
    Files.setPosixFilePermissions(
        folder.resolve("tokens"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.createFile(folder.resolve("restoring"));
    Files.createFile(folder.resolve("moved"));

    assertThat(states())
        .containsEntry("permissions", "warn")
        .containsEntry("tokens", "fail")
        .containsEntry("restore", "fail")
        .containsEntry("moved", "fail");
  }

  @Test
  void keyOpenToItsGroup_asInAPodWithFsGroup_isAWarning() throws IOException {
    Path key = Files.createDirectory(folder.resolve("custody")).resolve("log.key");
    Files.writeString(key, "secret");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-rw----"));

    assertThat(states()).containsEntry("custody key", "warn");
  }

  @Test
  void noFolder_fails() throws IOException {
    Files.delete(folder);

    assertThat(states()).containsExactly(Map.entry("folder", "fail"));
  }
}
