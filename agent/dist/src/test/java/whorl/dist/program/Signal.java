package whorl.dist.program;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file by which the test lets its child continue; needs java.base only. */
final class Signal {
  private static final long WAIT_MILLIS = 60_000;

  private Signal() {}

  /** Returns when the file is there, or after a minute. */
  static void await(Path file) throws InterruptedException {
    long end = System.currentTimeMillis() + WAIT_MILLIS;
    while (!Files.exists(file) && System.currentTimeMillis() < end) {
      Thread.sleep(50);
    }
  }
}
