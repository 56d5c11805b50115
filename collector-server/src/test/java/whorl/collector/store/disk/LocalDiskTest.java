package whorl.collector.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second name for content, given by several threads at once. */
class LocalDiskTest {
  private static final Path OTHER_FILE_SYSTEM = Path.of("/dev/shm");
  private static final int THREADS = 4;
  private static final int ROUNDS = 200;

  @TempDir private Path folder;

  @Test
  void linkOrCopy_ofWhatExists_leavesIt() throws IOException {
    Path from = Files.writeString(folder.resolve("from"), "new");
    Path to = Files.writeString(folder.resolve("to"), "old");

    Disk.LOCAL.linkOrCopy(from, to);

    assertThat(to).hasContent("old");
    assertThat(names(folder)).containsExactlyInAnyOrder("from", "to");
  }

  @Test
  void linkOrCopy_byManyThreads_linksOnce() throws Exception {
    race(folder.resolve("from"));
  }

  @Test
  void linkOrCopy_byManyThreadsWithoutLinks_copiesWhole() throws Exception {
    assumeTrue(
        Files.isWritable(OTHER_FILE_SYSTEM)
            && !Files.getFileStore(OTHER_FILE_SYSTEM).equals(Files.getFileStore(folder)),
        "no second file system");
    Path from = Files.createTempFile(OTHER_FILE_SYSTEM, "whorl-", ".test");
    try {
      race(from);
    } finally {
      Files.delete(from);
    }
  }

  private void race(Path from) throws Exception {
    String content = "content ".repeat(2_000);
    Files.writeString(from, content);
    Path names = Files.createDirectory(folder.resolve("names"));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Path to = names.resolve("blob-" + round);
        List<Callable<Boolean>> each = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          each.add(
              () -> {
                Disk.LOCAL.linkOrCopy(from, to);
                return true;
              });
        }
        for (Future<Boolean> done : threads.invokeAll(each)) {
          assertThat(done.get()).isTrue();
        }
        assertThat(to).hasContent(content);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(names(names)).hasSize(ROUNDS);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
