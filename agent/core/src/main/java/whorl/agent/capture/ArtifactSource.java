package whorl.agent.capture;

import java.io.IOException;
import java.time.Duration;

/**
 * Produces one kind of artifact. Sources run one after the other, each on a thread of the capture.
 * A source may create several artifacts or none, and must not hold a whole artifact in memory.
 */
public interface ArtifactSource {
  /** When in a capture a source runs. */
  enum Moment {
    /** As soon as the capture starts: for state that is soon gone. */
    AT_ONCE,
    /**
     * As soon as the collector allows an alert's capture to continue: for what is expensive and
     * soon gone.
     */
    WHEN_ALLOWED,
    /** {@code capture.after} later: for what must include the aftermath. */
    AFTER
  }

  /**
   * Returns the name of the kind in requests: {@code recording}, {@code threads}, {@code classes},
   * {@code process}, {@code network}, {@code files}, {@code console}, {@code heap}, {@code
   * histogram}; or {@code events}, which is always wanted.
   */
  String kind();

  /** Returns when {@link #collect} is called. */
  default Moment moment(CaptureContext context) {
    return Moment.AT_ONCE;
  }

  /** Returns how long {@link #collect} may take; then its thread is interrupted and abandoned. */
  default Duration deadline() {
    return Duration.ofSeconds(10);
  }

  /**
   * Preserves what would be overwritten before {@link #collect}. Called when a capture starts, on
   * the capture thread, whatever the moment. Must be quick.
   */
  default void freeze() {}

  /**
   * Writes the artifacts into {@code out}. Reports to {@code out} what could not be captured, with
   * the reason. The caller reports an exception there, and the other sources still run.
   */
  void collect(CaptureContext context, ArtifactOutput out) throws IOException, InterruptedException;

  /** Releases what was frozen. Called when the capture is over, however it ended. */
  default void forget() {}
}
