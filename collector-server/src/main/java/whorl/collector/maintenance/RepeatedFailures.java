package whorl.collector.maintenance;

import java.time.Duration;

/**
 * Decides which failures of a task are logged: the first of a row with its trace, the others once a
 * minute, so that an outage does not fill the log. Used by one thread.
 */
final class RepeatedFailures {
  private static final Duration SAID_AGAIN = Duration.ofMinutes(1);

  private long inARow;
  private long saidAtNanos;

  /** What is logged of a failure. */
  enum Said {
    WITH_TRACE,
    IN_ONE_LINE,
    NOTHING
  }

  /** One more failure. */
  Said failed(long nowNanos) {
    inARow++;
    if (inARow > 1 && nowNanos - saidAtNanos < SAID_AGAIN.toNanos()) {
      return Said.NOTHING;
    }
    saidAtNanos = nowNanos;
    return inARow == 1 ? Said.WITH_TRACE : Said.IN_ONE_LINE;
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
