package whorl.collector.fleet;

import whorl.collector.store.CaptureRecord;
import whorl.evidence.CaptureState;
import whorl.evidence.Id;

/** A capture as the answer to a request names it. */
public record CaptureBrief(Id id, Id agent, CaptureState state) {
  /** What is said of this capture. */
  public static CaptureBrief of(CaptureRecord capture) {
    return new CaptureBrief(capture.id(), capture.agent(), capture.state());
  }
}
