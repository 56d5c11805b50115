package whorl.collector.notify;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Finds the number up to which all events that arrived are written. Numbers are given out in order,
 * but of several collectors one may write an event after another has written a later one. So the
 * greatest number that is written counts only when it has been there for a time. Used by one
 * thread.
 */
final class SettledArrivals {
  private final long waitNanos;
  private final LongSupplier nanos;
  private final Deque<Newest> waiting = new ArrayDeque<>();
  private long settled;

  /** The greatest number at a time. */
  private record Newest(long number, long atNanos) {}

  /**
   * @param wait longer than any collector needs to write an event
   * @param nanos the monotonic clock
   */
  SettledArrivals(Duration wait, LongSupplier nanos) {
    this.waitNanos = wait.toNanos();
    this.nanos = nanos;
  }

  /**
   * Returns the number; 0 if none is known yet. Called about once a second.
   *
   * @param newest the greatest number that is written now
   */
  long upTo(long newest) {
    long now = nanos.getAsLong();
    Newest last = waiting.peekLast();
    if (last == null || last.number() != newest) {
      waiting.addLast(new Newest(newest, now));
    }
    Newest first = waiting.peekFirst();
    while (first != null && now - first.atNanos() >= waitNanos) {
      settled = first.number();
      waiting.removeFirst();
      first = waiting.peekFirst();
    }
    return settled;
  }
}
