package whorl.collector.store.database;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.thread.DaemonThreads;

/**
 * The database's clock, which is the same for all collectors, so one whose own clock is wrong
 * neither purges early nor orders alerts wrongly. It is asked twice a minute; between, the time
 * goes on by this machine's elapsed time, also while the database is away. Thread-safe.
 */
public final class DatabaseClock implements InstantSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration REPORTED = Duration.ofSeconds(30);

  /** An answer that took longer says too little about the time. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

  private final Database database;
  private final LongSupplier nanos;
  private final ScheduledExecutorService thread;
  private volatile Reading last;

  /**
   * @param nanos when the database's clock showed {@code at}
   */
  private record Reading(Instant at, long nanos) {
    Instant at(long now) {
      return at.plusNanos(now - nanos);
    }
  }

  private DatabaseClock(Database database, LongSupplier nanos) throws IOException {
    this.database = database;
    this.nanos = nanos;
    this.last = read();
    this.thread = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-clock"));
    ScheduledFuture<?> unused = // look() reports its failures
        thread.scheduleWithFixedDelay(
            this::look, INTERVAL.toSeconds(), INTERVAL.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Asks the database for the time, and says if this machine's clock differs.
   *
   * @throws IOException if the database does not answer
   */
  public static DatabaseClock start(Database database) throws IOException {
    DatabaseClock clock = new DatabaseClock(database, System::nanoTime);
    Duration difference = Duration.between(clock.instant(), Instant.now());
    if (difference.abs().compareTo(REPORTED) > 0) {
      LOG.warn(
          "this machine's clock is {} s {} that of the database, which counts; set it",
          difference.abs().toSeconds(),
          difference.isNegative() ? "behind" : "ahead of");
    }
    return clock;
  }

  @Override
  public Instant instant() {
    return last.at(nanos.getAsLong());
  }

  private Reading read() throws IOException {
    long began = nanos.getAsLong();
    long millis = database.query("SELECT " + database.nowMillis(), row -> row.getLong(1)).get(0);
    long ended = nanos.getAsLong();
    return new Reading(Instant.ofEpochMilli(millis), began + (ended - began) / 2);
  }

  private void look() {
    try {
      long began = nanos.getAsLong();
      Reading reading = read();
      if (nanos.getAsLong() - began < ANSWER_MAX.toNanos()) {
        last = reading;
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("the database's clock cannot be read; the time goes on from its last answer", e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
