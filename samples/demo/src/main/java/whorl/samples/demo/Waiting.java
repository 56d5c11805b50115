package whorl.samples.demo;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for things that take a while, never for ever. */
final class Waiting {
  private static final long PAUSE_MILLIS = 200;

  private Waiting() {}

  /**
   * What {@code look} finds, as soon as it is not null.
   *
   * @throws IllegalStateException when it does not find anything in time
   */
  static <T> T until(String what, Duration patience, Supplier<@Nullable T> look) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      T found = look.get();
      if (found != null) {
        return found;
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no " + what + " in " + patience.toSeconds() + " s");
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what, e);
      }
    }
  }
}
