package whorl.dist.program;

import jdk.jfr.FlightRecorder;
import jdk.jfr.RecordingState;

/** Waits until the agent's recording runs. */
final class Recorded {
  private static final long WAIT_MILLIS = 60_000;

  private Recorded() {}

  static void await() throws InterruptedException {
    long end = System.currentTimeMillis() + WAIT_MILLIS;
    while (!FlightRecorder.isInitialized()
        || FlightRecorder.getFlightRecorder().getRecordings().stream()
            .noneMatch(one -> one.getState() == RecordingState.RUNNING)) {
      if (System.currentTimeMillis() > end) {
        throw new IllegalStateException("no recording runs");
      }
      Thread.sleep(50);
    }
    // The event types are written to once the recording is known to be on.
    Thread.sleep(500);
  }
}
