package whorl.agent.capture.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BodyFileTest {
  @TempDir Path folder;

  @Test
  void line_hasElevenFieldsWithNanosecondTimes() throws Exception {
    Instant time = Instant.ofEpochSecond(1_700_000_000L, 5_000_001);
    FileState state = new FileState(0100755, 7, 1, 1000, 100, 42, time, time, time, null);

    assertThat(line("/tmp/x", state))
        .isEqualTo(
            "0|/tmp/x|7|r/rrwxr-xr-x|1000|100|42|1700000000.005000001|1700000000.005000001"
                + "|1700000000.005000001|0\n");
  }

  @Test
  void names_cannotBreakTheirLine() throws Exception {
    FileState state =
        new FileState(0104644, 7, 1, 0, 0, 0, Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, null);

    assertThat(line("/tmp/a|b\n0%", state)).startsWith("0|/tmp/a%7Cb%250A0%25|7|r/rrwSr--r--|");
  }

  @Test
  void state_isOfTheFileItselfEvenForALink() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "four");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    FileState state = FileState.read(file, false);
    assertThat(state.modeText()).isEqualTo("r/rrw-r-----");
    assertThat(state.size()).isEqualTo(4);
    assertThat(state.modified()).isEqualTo("2001-02-03T04:05:06Z");
    assertThat(state.lastTouched()).isAfter(Instant.now().minusSeconds(60));
    assertThat(FileState.read(link, false).link()).isTrue();
    assertThat(FileState.read(link, true)).isEqualTo(FileState.read(file, false));
    assertThat(FileState.read(folder, false).modeText()).startsWith("d/d");
  }

  @Test
  void states_areOfTheFileItselfWithOpenOrClosedPackage() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "four");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    FileStates open = new FileStates((module, name) -> {});
    FileStates closed =
        new FileStates(
            (module, name) -> {
              throw new IllegalStateException("closed");
            });

    for (Path path : List.of(file, link, folder, Path.of("/dev/null"), Path.of("/tmp"))) {
      FileState state = FileState.read(path, false);
      assertThat(open.of(path)).isEqualTo(state);
      assertThat(closed.of(path)).isEqualTo(state);
    }
  }

  private static String line(String name, FileState state) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BodyFile body = new BodyFile(out)) {
      body.write(name, state);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
