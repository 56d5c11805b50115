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
 */
public final class Handoff<T> {
  private final Queue<Waiting<T>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final int capacity;
  private final long maxBytes;
  private volatile @Nullable Thread sleeper;

  private record Waiting<T>(T value, int bytes) {}

  /**
   * @param capacity maximum number of waiting values
   * @param maxBytes maximum bytes of all waiting values
   */
  public Handoff(int capacity, long maxBytes) {
    this.capacity = capacity;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a value. Returns false, and counts the value as dropped, if the queue is full.
   *
   * @param valueBytes approximate bytes of the value
   */
  public boolean offer(T value, int valueBytes) {
    int values = count.incrementAndGet();
    long all = bytes.addAndGet(valueBytes);
    if (values > capacity || all > maxBytes) {
      count.decrementAndGet();
      bytes.addAndGet(-valueBytes);
      dropped.incrementAndGet();
      return false;
    }
    waiting.add(new Waiting<>(value, valueBytes));
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
