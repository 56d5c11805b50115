package whorl.agent.event;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hands values from the application's threads to one thread of the agent. Offering takes no lock
 * and never waits, since the offering thread may hold any lock of the JDK. The queue is bounded,
 * and each value that finds it full is counted.
 */
public final class Handoff<T> {
  private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final int capacity;
  private volatile @Nullable Thread sleeper;

  /**
   * @param capacity how many values wait at most
   */
  public Handoff(int capacity) {
    this.capacity = capacity;
  }

  /** Returns false, and counts the value as dropped, when too many wait. */
  public boolean offer(T value) {
    if (count.incrementAndGet() > capacity) {
      count.decrementAndGet();
      dropped.incrementAndGet();
      return false;
    }
    waiting.add(value);
    Thread asleep = sleeper;
    if (asleep != null) {
      LockSupport.unpark(asleep);
    }
    return true;
  }

  /** The value that waited longest; null when none waits. For the one thread that takes. */
  public @Nullable T poll() {
    T value = waiting.poll();
    if (value != null) {
      count.decrementAndGet();
    }
    return value;
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

  /** How many values were dropped so far. */
  public long dropped() {
    return dropped.get();
  }
}
