package whorl.collector.fleet.captures;

import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/** A capture as the response to a capture request lists it. */
public record CaptureBrief(Id id, Id agent, CaptureState state) {
  /** Returns the summary of this capture. */
  public static CaptureBrief of(CaptureRecord capture) {
    return new CaptureBrief(capture.id(), capture.agent(), capture.state());
  }
}
