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
  void allocate_holdsSpaceWithoutAName_andReleaseFreesIt() throws IOException {
    Ballast ballast = new Ballast(folder, BYTES);

    ballast.allocate();
    assertThat(heldOpen()).isEqualTo(BYTES);
    try (Stream<Path> names = Files.list(folder)) {
      assertThat(names).isEmpty();
    }

    ballast.release();
    ballast.release();
    assertThat(heldOpen()).isZero();
  }

  @Test
  void allocate_afterRelease_holdsAgain() throws IOException {
    Ballast ballast = new Ballast(folder, BYTES);

    ballast.allocate();
    ballast.release();
    ballast.allocate();

    assertThat(heldOpen()).isEqualTo(BYTES);
    ballast.release();
  }

  @Test
  void allocate_twice_holdsTheSpaceOnce() throws IOException {
    Ballast ballast = new Ballast(folder, BYTES);

    ballast.allocate();
    ballast.allocate();

    assertThat(heldOpen()).isEqualTo(BYTES);
    ballast.release();
  }

  @Test
  void allocate_whereAnotherUserTookTheNameOfTheProcess_holdsTheSpace() throws IOException {
    String named = "whorl-ballast-" + ProcessHandle.current().pid();
    Files.createDirectories(folder.resolve(named).resolve("kept"));
    Ballast ballast = new Ballast(folder, BYTES);

    ballast.allocate();

    assertThat(heldOpen()).isEqualTo(BYTES);
    ballast.release();
  }

  /** The size of the unlinked files in the folder that this process holds open. */
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
