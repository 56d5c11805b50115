package whorl.agent.capture.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.FakeRoot;

class ProcFsTest {
  @TempDir Path root;

  @Test
  void text_largeFile_isCutAtAMebibyte() throws IOException {
    ProcFs proc = new FakeRoot(root).file("proc/x", "a".repeat(2 << 20)).proc();

    assertThat(proc.text("proc/x")).hasSize(1 << 20);
  }

  @Test
  void lines_longLine_isCut() throws IOException {
    ProcFs proc = new FakeRoot(root).file("proc/x", "a".repeat(100_000) + "\nsecond\nlast").proc();

    assertThat(proc.lines("proc/x", 10))
        .satisfiesExactly(
            line -> assertThat(line).hasSize(8192),
            line -> assertThat(line).isEqualTo("second"),
            line -> assertThat(line).isEqualTo("last"));
    assertThat(proc.lines("proc/x", 1)).hasSize(1);
  }

  @Test
  void nulSeparated_lastWithoutNul_isIncluded() throws IOException {
    ProcFs proc = new FakeRoot(root).file("proc/x", "java\0\0-jar\0x").proc();

    assertThat(proc.nulSeparated("proc/x")).containsExactly("java", "", "-jar", "x");
  }

  @Test
  void absent_throwsOrIsNull() {
    ProcFs proc = new ProcFs(root);

    assertThatThrownBy(() -> proc.text("proc/self/maps")).isInstanceOf(FileNotFoundException.class);
    assertThatThrownBy(() -> proc.names("proc/self/fd", 9)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> proc.text("proc/\0")).isInstanceOf(IOException.class);
    assertThat(proc.textOrNull("proc/x")).isNull();
    assertThat(proc.link("proc/self/exe")).isNull();
  }

  @Test
  void names_tooMany_areBounded() throws IOException {
    FakeRoot fake = new FakeRoot(root);
    for (int i = 0; i < 20; i++) {
      fake.file("proc/self/fd/" + i, "");
    }

    assertThat(fake.proc().names("proc/self/fd", 7)).hasSize(7);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void text_realFileOfSizeZero_isRead() throws IOException {
    assertThat(new ProcFs(Path.of("/")).text("proc/self/status")).contains("Pid:");
  }
}
