package whorl.agent.event;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Passes values from the application's threads to one thread of the agent. Offering takes no lock
 * and never waits, since the offering thread may hold any lock of the JDK. The queue is bounded in
 * values and in bytes; each value that does not fit is counted.
 *
 * <p>Stack or memory may run out in the middle of an offer, at any call. What such an offer has
 * reserved is given back, by itself or by the consuming thread, so that the queue does not fill up
 * with nothing.
 */
public final class Handoff<T> {
  private final Queue<Waiting<T>> waiting;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final int capacity;
  private final long maxBytes;
  private volatile @Nullable Thread sleeper;

  /** What was reserved when the consuming thread last found the queue empty after a whole wait. */
  private int idleCount;

  private long idleBytes;

  record Waiting<T>(T value, int bytes) {}

  /**
   * @param capacity maximum number of waiting values
   * @param maxBytes maximum bytes of all waiting values
   */
  public Handoff(int capacity, long maxBytes) {
    this(capacity, maxBytes, new ConcurrentLinkedQueue<>());
  }

  /**
   * @param waiting holds the values; thread-safe
   */
  Handoff(int capacity, long maxBytes, Queue<Waiting<T>> waiting) {
    this.waiting = waiting;
    this.capacity = capacity;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a value. Returns false, and counts the value as dropped, if the queue is full.
   *
   * @param valueBytes approximate bytes of the value
   */
  public boolean offer(T value, int valueBytes) {
    Waiting<T> next = new Waiting<>(value, valueBytes);
    int values = count.incrementAndGet();
    long all = bytes.addAndGet(valueBytes);
    boolean added = false;
    try {
      added = values <= capacity && all <= maxBytes && waiting.add(next);
    } finally {
      if (!added) {
        count.decrementAndGet();
        bytes.addAndGet(-valueBytes);
        dropped.incrementAndGet();
      }
    }
    if (!added) {
      return false;
    }
    Thread asleep = sleeper;
    if (asleep != null) {
      sleeper = null; // wake it only once
      LockSupport.unpark(asleep);
    }
    return true;
  }

  /** Returns the oldest value; null if none waits. Only the consuming thread calls it. */
  public @Nullable T poll() {
    Waiting<T> next = waiting.poll();
    if (next == null) {
      return null;
    }
    count.decrementAndGet();
    bytes.addAndGet(-next.bytes());
    return next.value();
  }

  /**
   * Waits until a value is there, the time is over, or the thread is interrupted. Only the
   * consuming thread calls it.
   */
  public void await(long nanos) {
    sleeper = Thread.currentThread();
    if (waiting.isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
    giveBack();
  }

  /**
   * If the queue is empty twice in a row with the same reservations, their offers have ended
   * without a value. An offer that is only slow makes the numbers too low for a moment, which the
   * next call corrects.
   */
  private void giveBack() {
    int values = waiting.isEmpty() ? count.get() : 0;
    long all = waiting.isEmpty() ? bytes.get() : 0;
    if ((values != 0 || all != 0) && values == idleCount && all == idleBytes && waiting.isEmpty()) {
      count.addAndGet(-values);
      bytes.addAndGet(-all);
      values = 0;
      all = 0;
    }
    idleCount = values;
    idleBytes = all;
  }

  /** Number of waiting values. */
  public int size() {
    return count.get();
  }

  /** Approximate bytes of the waiting values. */
  public long bytes() {
    return bytes.get();
  }

  /** Number of dropped values. */
  public long dropped() {
    return dropped.get();
  }
}
