package whorl.agent.capture.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the garbage that a walk over tens of thousands of files creates. */
class AllocationTest {
  private static final int FILES = 200;
  private static final int ROUNDS = 20;
  private static final int MAX_BYTES_EACH = 1_000;

  @TempDir Path folder;

  @Test
  void line_ofOneFile_costsLessThanAKilobyte() throws IOException {
    for (int i = 0; i < FILES; i++) {
      Files.createFile(folder.resolve("file-" + i));
    }
    FileStates states = new FileStates((module, name) -> {});
    try (BodyFile body = new BodyFile(OutputStream.nullOutputStream())) {
      write(states, body);
      long before = allocatedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        write(states, body);
      }
      assertThat((allocatedBytes() - before) / (ROUNDS * FILES)).isLessThan(MAX_BYTES_EACH);
    }
  }

  private void write(FileStates states, BodyFile body) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        body.write(file.toString(), states.of(file));
      }
    }
  }

  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
