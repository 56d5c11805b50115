package whorl.collector.custody.verify;

import java.io.IOException;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.TimeStamp;

/** Checks the time stamp of a checkpoint. */
final class StampCheck {
  private final Anchors anchors;
  private final VerificationReport.Builder report;

  StampCheck(Anchors anchors, VerificationReport.Builder report) {
    this.anchors = anchors;
    this.report = report;
  }

  /**
   * @param name of the file with the authority's answer
   */
  void check(String name, SignedCheckpoint checkpoint, byte[] response) {
    TimeStamp stamp;
    try {
      stamp = TimeStamp.parse(response);
    } catch (IOException e) {
      report.problem(name + ": " + e.getMessage());
      return;
    }
    String problem = stamp.problem(checkpoint.bytes(), anchors.authorities());
    if (problem != null) {
      report.problem(name + ": " + problem);
      return;
    }
    report.note(
        "the first "
            + checkpoint.size()
            + " entries of custody existed at "
            + stamp.time()
            + ", says the time stamp of "
            + stamp.authority()
            + (anchors.authorities().isEmpty()
                ? "; its certificate chain was not checked (--tsa-ca)"
                : ""));
  }
}
