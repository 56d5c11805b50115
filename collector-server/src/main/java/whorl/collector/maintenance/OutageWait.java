package whorl.collector.maintenance;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.outage.Outage;

/**
 * Opens the collector's parts at its start, and waits while something they need is away: a
 * collector that starts while PostgreSQL or S3 restarts needs no restart of its own. Meanwhile
 * {@code /readyz} says what is missing. Used by one thread.
 */
public final class OutageWait {
  /** Afterwards the start fails, which shows a wrong address to who waits for it. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(OutageWait.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  private final Consumer<@Nullable String> waiting;
  private final Duration limit;
  private final Duration pause;
  private final LongSupplier nanos;

  /**
   * @param waiting receives what the start waits for; null when it goes on
   */
  public OutageWait(Consumer<@Nullable String> waiting) {
    this(waiting, LIMIT, PAUSE, System::nanoTime);
  }

  OutageWait(
      Consumer<@Nullable String> waiting, Duration limit, Duration pause, LongSupplier nanos) {
    this.waiting = waiting;
    this.limit = limit;
    this.pause = pause;
    this.nanos = nanos;
  }

  /** Opens something. */
  @FunctionalInterface
  public interface Opening<T> {
    /**
     * @param closing receives what must be closed, last opened first; also if this fails
     */
    T open(List<AutoCloseable> closing) throws IOException;
  }

  /**
   * Opens it, again and again while the database or the object store is away.
   *
   * @param closing receives what the attempt that succeeds opened
   * @throws IOException if it fails for another reason, or is away for longer than the limit
   */
  public <T> T open(List<AutoCloseable> closing, Opening<T> opening) throws IOException {
    OptionalLong awaySince = OptionalLong.empty();
    long loggedAt = nanos.getAsLong() - LOG_INTERVAL.toNanos();
    while (true) {
      List<AutoCloseable> opened = new ArrayList<>();
      try {
        T result = opening.open(opened);
        closing.addAll(0, opened);
        waiting.accept(null);
        return result;
      } catch (IOException | RuntimeException e) {
        close(opened, e);
        long now = nanos.getAsLong();
        if (awaySince.isEmpty()) {
          awaySince = OptionalLong.of(now);
        }
        if (Outage.of(e) == null || now - awaySince.getAsLong() >= limit.toNanos()) {
          throw e;
        }
        waiting.accept(String.valueOf(e.getMessage()));
        if (now - loggedAt >= LOG_INTERVAL.toNanos()) {
          LOG.warn("the start waits, at most {} minutes: {}", limit.toMinutes(), e.getMessage());
          loggedAt = now;
        }
        pause();
      }
    }
  }

  private static void close(List<AutoCloseable> opened, Exception failure) {
    for (AutoCloseable each : opened) {
      try {
        each.close();
      } catch (Exception alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
    }
  }

  private void pause() throws InterruptedIOException {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the start waits");
    }
  }
}
