package whorl.agent.thread;

/**
 * Finds out whether another thread stands still, by the rounds that it has made. A round of this
 * thread that comes late does not count: then the machine is overloaded, and the other thread may
 * only wait for a processor. For one thread.
 */
public final class StallCheck {
  private final int roundsWithout;
  private final long lateNanos;
  private long lastNanos;
  private int last;
  private int without;

  /**
   * @param roundsWithout rounds of this thread without any of the other's, after which the other is
   *     stalled
   * @param lateNanos a round of this thread is late if so much time has passed since the one before
   * @param nowNanos as {@code System.nanoTime}
   */
  public StallCheck(int roundsWithout, long lateNanos, long nowNanos) {
    this.roundsWithout = roundsWithout;
    this.lateNanos = lateNanos;
    this.lastNanos = nowNanos;
  }

  /**
   * Call this in each round of this thread.
   *
   * @param rounds that the other thread has made so far
   * @param nowNanos as {@code System.nanoTime}
   * @return true once for each time that the other thread stands still
   */
  public boolean isStalled(int rounds, long nowNanos) {
    boolean late = nowNanos - lastNanos > lateNanos;
    lastNanos = nowNanos;
    if (rounds != last) {
      last = rounds;
      without = 0;
      return false;
    }
    if (late) {
      return false;
    }
    without++;
    return without == roundsWithout;
  }
}
