package whorl.collector.maintenance;

import java.time.Duration;

/**
 * Decides which failures of a task are logged: the first of a row with its trace, the others once a
 * minute, so that an outage does not fill the log. Used by one thread.
 */
final class RepeatedFailures {
  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  private long inARow;
  private long loggedAtNanos;

  /** What is logged of a failure. */
  enum Entry {
    WITH_TRACE,
    IN_ONE_LINE,
    NOTHING
  }

  /** One more failure. */
  Entry failed(long nowNanos) {
    inARow++;
    if (inARow > 1 && nowNanos - loggedAtNanos < LOG_INTERVAL.toNanos()) {
      return Entry.NOTHING;
    }
    loggedAtNanos = nowNanos;
    return inARow == 1 ? Entry.WITH_TRACE : Entry.IN_ONE_LINE;
  }

  /** The task worked; returns how many times it had failed before, in a row. */
  long worked() {
    long failures = inARow;
    inARow = 0;
    return failures;
  }

  long inARow() {
    return inARow;
  }
}
