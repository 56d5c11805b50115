package whorl.agent.capture.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.RecordedOutput;
import whorl.agent.capture.kernel.ProcFs;

class FileContentsTest {
  @TempDir Path folder;

  @Test
  void pipeInPlaceOfTheFileThatWasFound_isNotOpened() throws Exception {
    Path file = Files.writeString(folder.resolve("x.sh"), "id");
    FoundFile found =
        new FoundFile(file.toString(), file, FileState.read(file, false), FoundFile.Why.CREATED);
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    RecordedOutput out = new RecordedOutput();
    FileContents contents =
        new FileContents(
            new ProcFs(Path.of("/")),
            out,
            new FileContents.Kept(),
            1 << 20,
            System.nanoTime() + Duration.ofMinutes(1).toNanos(),
            System::nanoTime,
            secret -> false);

    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> contents.add(found));

    assertThat(contents.lines().get(0).reason()).contains("no regular file any more");
    assertThat(out.artifacts).isEmpty();
  }
}
