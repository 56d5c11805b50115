package whorl.agent.capture;

import java.io.IOException;
import java.time.Duration;

/**
 * Brings one kind of artifact. Sources run one after the other on a thread of the capture's, each
 * is free to bring several artifacts or none, and none may hold what it brings in memory as a
 * whole.
 */
public interface ArtifactSource {
  /** When in a capture a source runs. */
  enum Moment {
    /** The moment the capture starts: state that is gone soon. */
    AT_ONCE,
    /** As soon as the collector lets an alert's capture go on: what is dear, and gone soon. */
    WHEN_ALLOWED,
    /** {@code capture.after} later: what shall hold the aftermath too. */
    AFTER
  }

  /**
   * What requests call it: {@code recording}, {@code threads}, {@code classes}, {@code process},
   * {@code network}, {@code files}, {@code console}, {@code heap}, {@code histogram}; or {@code
   * events}, which is always wanted.
   */
  String kind();

  /** When {@link #collect} is called. */
  default Moment moment(CaptureContext context) {
    return Moment.AT_ONCE;
  }

  /** How long {@link #collect} may take; then its thread is interrupted and given up. */
  default Duration deadline() {
    return Duration.ofSeconds(10);
  }

  /**
   * Called at once when a capture starts, on the capture thread, whatever the moment: takes hold of
   * what would be overwritten until {@link #collect}. Must be quick.
   */
  default void freeze() {}

  /**
   * Brings the artifacts into {@code out}. What could not be had is told to {@code out}, with the
   * reason; an exception is told there by the coordinator, and the other sources still run.
   */
  void collect(CaptureContext context, ArtifactOutput out) throws IOException, InterruptedException;

  /** Called when the capture is over, however it ended: lets go of what was frozen. */
  default void forget() {}
}
