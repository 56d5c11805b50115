package whorl.lab.run;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Waits for conditions, never without an end. */
final class Waiting {
  private static final long PAUSE_MILLIS = 100;

  private Waiting() {}

  /** Looks for something that may not be there yet. */
  interface Look<T> {
    @Nullable T look() throws IOException, InterruptedException;
  }

  /**
   * What {@code look} finds.
   *
   * @throws IOException when there is nothing in time
   */
  static <T> T until(String what, long seconds, Look<T> look)
      throws IOException, InterruptedException {
    T found = orNull(seconds, look);
    if (found == null) {
      throw new IOException("no " + what + " in " + seconds + " s");
    }
    return found;
  }

  /** What {@code look} finds, or null when there is nothing in time. */
  static <T> @Nullable T orNull(long seconds, Look<T> look)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    T found = look.look();
    while (found == null && System.nanoTime() < end) {
      Thread.sleep(PAUSE_MILLIS);
      found = look.look();
    }
    return found;
  }
}
