package whorl.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir private Path folder;

  @Test
  void commandBesideAnApplication_isWhatTheKernelEndsFirst() throws IOException {
    Path score = Files.write(folder.resolve("oom_score_adj"), new byte[] {'0'});

    Main.endFirst(score.toFile());

    assertThat(score).hasContent("1000");
  }

  @Test
  void systemWithoutScores_getsNoFile() {
    File score = folder.resolve("oom_score_adj").toFile();

    Main.endFirst(score);

    assertThat(score).doesNotExist();
  }
}
