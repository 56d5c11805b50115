package whorl.collector.confine;

import java.time.Duration;

/** What became of a confined run. */
public sealed interface Outcome {
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
}
