package whorl.collector.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BallastTest {
  @TempDir Path root;
  private final AtomicLong free = new AtomicLong(1L << 40);

  @Test
  void ballast_isDeletedWhenTheDiskIsFull_andCreatedAgainWhenThereIsRoom() throws Exception {
    Ballast ballast = new Ballast(new DataFolder(root), free::get);
    Path file = root.resolve("ballast");
    ballast.look();
    assertThat(Files.size(file)).isEqualTo(Ballast.BYTES);

    free.set(Ballast.DELETE_BELOW);
    ballast.look();
    assertThat(file).exists();
    free.set(0);
    ballast.look();
    assertThat(file).doesNotExist();
    free.set(Ballast.CREATE_ABOVE);
    ballast.look();
    assertThat(file).as("not at the limit itself").doesNotExist();
    free.set(Ballast.CREATE_ABOVE + 1);
    ballast.look();
    assertThat(file).exists();
  }
}
