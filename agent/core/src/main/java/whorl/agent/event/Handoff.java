package whorl.agent.event;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hands values from the application's threads to one thread of the agent. Offering takes no lock
 * and never waits, since the offering thread may hold any lock of the JDK. The queue is bounded in
 * values and in bytes, and each value that finds it full is counted.
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
   * @param capacity how many values wait at most
   * @param maxBytes how many bytes they take at most together
   */
  public Handoff(int capacity, long maxBytes) {
    this.capacity = capacity;
    this.maxBytes = maxBytes;
  }

  /**
   * Returns false, and counts the value as dropped, when too much waits.
   *
   * @param valueBytes about how many bytes the value takes
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
      sleeper = null; // it is woken once
      LockSupport.unpark(asleep);
    }
    return true;
  }

  /** The value that waited longest; null when none waits. For the one thread that takes. */
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
   * Returns when a value waits, the time is over, or the thread is interrupted. For the one thread
   * that takes.
   */
  public void await(long nanos) {
    sleeper = Thread.currentThread();
    if (waiting.isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
  }

  /** How many values wait. */
  public int size() {
    return count.get();
  }

  /** About how many bytes they take. */
  public long bytes() {
    return bytes.get();
  }

  /** How many values were dropped so far. */
  public long dropped() {
    return dropped.get();
  }
}
