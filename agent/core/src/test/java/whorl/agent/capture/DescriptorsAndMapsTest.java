package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.kernel.FdsSource;
import whorl.agent.capture.kernel.MapsSource;
import whorl.agent.capture.kernel.ProcFs;

class DescriptorsAndMapsTest {
  @TempDir Path root;
  private final RecordedOutput out = new RecordedOutput();

  @Test
  void fds_eachKind_isListed() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .link("proc/self/fd/0", "/dev/null")
            .link("proc/self/fd/3", "socket:[4711]")
            .link("proc/self/fd/4", "/dev/shm/.x (deleted)")
            .link("proc/self/fd/5", "/memfd:stage2 (deleted)")
            .link("proc/self/fd/6", "anon_inode:[eventpoll]")
            .link("proc/self/fd/10", "pipe:[12]")
            .file("proc/self/fdinfo/4", "pos:\t4096\nflags:\t0100002\nmnt_id:\t29\n");

    new FdsSource(fake.proc()).collect(Captures.context("process"), out);

    List<JsonNode> lines = out.lines(FdsSource.NAME);
    assertThat(lines).extracting(line -> line.get("fd").asInt()).containsExactly(0, 3, 4, 5, 6, 10);
    assertThat(lines)
        .extracting(line -> line.get("type").asText())
        .containsExactly("device", "socket", "file", "memfd", "anonymous", "pipe");
    assertThat(lines.get(1).get("inode").asLong()).isEqualTo(4711);
    JsonNode dropped = lines.get(2);
    assertThat(dropped.get("deleted").asBoolean()).isTrue();
    assertThat(dropped.get("position").asLong()).isEqualTo(4096);
    assertThat(dropped.get("flags").asText()).isEqualTo("0100002");
    assertThat(dropped.get("access").asText()).isEqualTo("read-write");
  }

  @Test
  void fds_withoutProc_reportsItAndCreatesNoArtifact() {
    assertThatThrownBy(
            () -> new FdsSource(new ProcFs(root)).collect(Captures.context("process"), out))
        .isInstanceOf(IOException.class);
    assertThat(out.artifacts).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void fds_realDeletedFile_isFlagged() throws IOException {
    Path file = root.resolve("dropped");
    try (FileOutputStream open = new FileOutputStream(file.toFile())) {
      open.write(new byte[10]);
      Files.delete(file);

      new FdsSource(new ProcFs(Path.of("/"))).collect(Captures.context("process"), out);

      assertThat(out.lines(FdsSource.NAME))
          .anySatisfy(
              line -> {
                assertThat(line.get("target").asText()).isEqualTo(file + " (deleted)");
                assertThat(line.get("access").asText()).isEqualTo("write");
                assertThat(line.get("position").asInt()).isEqualTo(10);
              });
    }
  }

  @Test
  void maps_suspiciousMappings_areListedAfterTheCopy() throws IOException {
    String maps =
        "00400000-00401000 r-xp 00000000 08:01 12 /usr/bin/java\n"
            + "7f0000000000-7f0000001000 r-xp 00000000 00:01 13 /memfd:x (deleted)\n"
            + "7f0000001000-7f0000002000 rwxp 00000000 00:00 0 \n"
            + "7f0000002000-7f0000003000 r-xp 00000000 00:19 14 /dev/shm/a b.so (deleted)\n"
            + "7f0000003000-7f0000004000 rw-p 00000000 00:00 0 [heap]\n"
            + "7f0000004000-7f0000005000 r-xp 00000000 00:00 0 [vdso]\n";
    FakeRoot fake = new FakeRoot(root).file("proc/self/maps", maps);

    new MapsSource(fake.proc()).collect(Captures.context("process"), out);

    assertThat(out.text(MapsSource.NAME))
        .startsWith(maps)
        .contains("# deleted,memfd: 7f0000000000")
        .contains("# rwx,anonymous-executable: 7f0000001000")
        .contains("# deleted: 7f0000002000");
    assertThat(out.text(MapsSource.NAME).lines().filter(line -> line.startsWith("#"))).hasSize(3);
  }

  @Test
  void maps_tooLong_isCutAndReported() throws IOException {
    String line = "7f0000001000-7f0000002000 rw-p 00000000 00:00 0 " + "x".repeat(8000) + "\n";
    FakeRoot fake = new FakeRoot(root).file("proc/self/maps", line.repeat(3_000));

    new MapsSource(fake.proc()).collect(Captures.context("process"), out);

    assertThat(out.missing.get("maps.txt")).startsWith("cut at");
    assertThat(out.text(MapsSource.NAME).length()).isLessThan(17 << 20);
  }

  @Test
  void maps_withoutProc_createsNoArtifact() {
    assertThatThrownBy(
            () -> new MapsSource(new ProcFs(root)).collect(Captures.context("process"), out))
        .isInstanceOf(IOException.class);
    assertThat(out.artifacts).isEmpty();
  }
}
