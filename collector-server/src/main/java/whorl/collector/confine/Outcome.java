package whorl.collector.confine;

import java.time.Duration;

/** What became of a confined run. */
public sealed interface Outcome {
  /** The status of a process that a signal ended is above this. */
  int SIGNALLED = 128;

  /**
   * It ended by itself.
   *
   * @param status 0 when it did its work, {@link #OUT_OF_MEMORY} when the heap was too small; a
   *     signal's number and 128 when it crashed
   * @param complaint the beginning of what it wrote to standard error, printable ASCII
   */
  record Ended(int status, String complaint) implements Outcome {
    /** The status of a JVM whose heap or metaspace was not enough. */
    public static final int OUT_OF_MEMORY = 3;

    /** Whether it did its work. */
    public boolean well() {
      return status == 0;
    }
  }

  /** It was not done within this time, and was killed. */
  record TimedOut(Duration limit) implements Outcome {}

  /** It wrote more than this many bytes to standard output, and was killed. */
  record Flooded(long limitBytes) implements Outcome {}

  /** It was not started: too many are at work, or we stop. */
  record Refused(String why) implements Outcome {}

  /**
   * Why it did not do its work, as a sentence about what it was given to read.
   *
   * @param heapBytes that it had
   */
  default String complaint(long heapBytes) {
    if (this instanceof TimedOut late) {
      return late.limit().toSeconds() < 120
          ? "it took longer than " + late.limit().toSeconds() + " seconds"
          : "it took longer than " + late.limit().toMinutes() + " minutes";
    }
    if (this instanceof Ended ended) {
      return ended.status() == Ended.OUT_OF_MEMORY
          ? "it took more than " + (heapBytes >> 20) + " MiB of memory"
          : "the JVM that read it ended with status " + ended.status();
    }
    return this instanceof Refused refused ? refused.why() : "the JVM that read it said too much";
  }

  /** Whether it was killed from outside, such as for want of memory: another try may succeed. */
  default boolean mayBeTriedAgain() {
    return this instanceof Ended ended && ended.status() > SIGNALLED;
  }
}
