package whorl.collector.confine;

import java.time.Duration;

/** The outcome of a confined run. */
public sealed interface Outcome {
  /** Exit statuses above this one mean that a signal ended the process. */
  int SIGNALLED = 128;

  /**
   * It ended by itself.
   *
   * @param status 0 on success, {@link #OUT_OF_MEMORY} when the heap was too small, {@link
   *     #NO_ROOM} when the disk was full, 128 plus the signal's number after a crash
   * @param complaint the beginning of its standard error, printable ASCII
   */
  record Ended(int status, String complaint) implements Outcome {
    /** The exit status of a JVM that ran out of heap or metaspace. */
    public static final int OUT_OF_MEMORY = 3;

    /** The exit status when a file could not be written because the disk is full. */
    public static final int NO_ROOM = 5;

    /** True on success. */
    public boolean well() {
      return status == 0;
    }
  }

  /** It exceeded this time limit and was killed. */
  record TimedOut(Duration limit) implements Outcome {}

  /** It wrote more than this many bytes to standard output and was killed. */
  record Flooded(long limitBytes) implements Outcome {}

  /** It was not started, because too many are running or the collector stops. */
  record Refused(String why) implements Outcome {}

  /**
   * Returns the reason of the failure, as a clause about the input that it read.
   *
   * @param heapBytes its heap limit
   */
  default String complaint(long heapBytes) {
    if (this instanceof TimedOut late) {
      return late.limit().toSeconds() < 120
          ? "it took longer than " + late.limit().toSeconds() + " seconds"
          : "it took longer than " + late.limit().toMinutes() + " minutes";
    }
    if (foundNoRoom()) {
      return "the collector's disk has no room for it; make room there";
    }
    if (this instanceof Ended ended) {
      return ended.status() == Ended.OUT_OF_MEMORY
          ? "it took more than " + (heapBytes >> 20) + " MiB of memory"
          : "the JVM that read it ended with status " + ended.status();
    }
    return this instanceof Refused refused ? refused.why() : "the JVM that read it said too much";
  }

  /**
   * True if it was killed from outside, for example by the OOM killer, or found no room on the
   * disk. A retry may succeed.
   */
  default boolean mayBeTriedAgain() {
    return foundNoRoom() || (this instanceof Ended ended && ended.status() > SIGNALLED);
  }

  /** True if a file could not be written because the disk is full: no fault of the input. */
  default boolean foundNoRoom() {
    return this instanceof Ended ended && ended.status() == Ended.NO_ROOM;
  }
}
