package whorl.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BallastTest {
  private static final long BYTES = 2 << 20;

  @TempDir Path folder;

  @Test
  void lay_holdsItsBytesWithoutAName_andDropGivesThemBack() throws IOException {
    Ballast ballast = new Ballast(folder, BYTES);

    ballast.lay();
    assertThat(heldOpen()).isEqualTo(BYTES);
    try (Stream<Path> names = Files.list(folder)) {
      assertThat(names).isEmpty();
    }

    ballast.drop();
    ballast.drop();
    assertThat(heldOpen()).isZero();
  }

  @Test
  void lay_afterADrop_holdsAgain() throws IOException {
    Ballast ballast = new Ballast(folder, BYTES);

    ballast.lay();
    ballast.drop();
    ballast.lay();

    assertThat(heldOpen()).isEqualTo(BYTES);
    ballast.drop();
  }

  /** The size of what this process holds open of the folder without a name. */
  private long heldOpen() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(this::isBallast).mapToLong(BallastTest::size).sum();
    }
  }

  private boolean isBallast(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith(folder.toString()) && target.endsWith(" (deleted)");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private static long size(Path descriptor) {
    try {
      return Files.size(descriptor);
    } catch (IOException closedMeanwhile) {
      return 0;
    }
  }
}
