package whorl.collector.custody.verify;

import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.Proofs;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.evidence.Text;

/** Compares a checkpoint with others of the same log, by the proofs that are there. */
final class CheckpointComparison {
  private final SignedCheckpoint checkpoint;
  private final LogProof.Paths paths;
  private final VerificationReport.Builder report;

  CheckpointComparison(
      SignedCheckpoint checkpoint, LogProof.Paths paths, VerificationReport.Builder report) {
    this.checkpoint = checkpoint;
    this.paths = paths;
    this.report = report;
  }

  /**
   * Reports how another checkpoint relates to this one.
   *
   * @param name of the other one
   * @return true if both are proven to be of one log
   */
  boolean compare(String name, SignedCheckpoint other, VerifierKey key) {
    if (!other.isSignedBy(key)) {
      report.problem(
          name + " is not signed with the key of this log, " + key + ": it is of another log");
      return false;
    }
    if (other.size() == checkpoint.size()) {
      return result(name, other, other.root().equals(checkpoint.root()));
    }
    if (other.size() > checkpoint.size()) {
      report.problem(
          "custody cannot be compared with "
              + name
              + ", which is of "
              + Text.counted(other.size(), "entry")
              + " and newer than the bag's checkpoint, of "
              + checkpoint.size()
              + "; compare both with the collector's log (whorl custody --checkpoint FILE)");
      return false;
    }
    for (LogProof.Consistency proof : paths.consistency()) {
      if (proof.from() == other.size()) {
        boolean consistent =
            Proofs.isConsistent(
                other.size(), other.root(), checkpoint.size(), checkpoint.root(), proof.path());
        return result(name, other, consistent);
      }
    }
    report.problem(
        "custody cannot be compared with "
            + name
            + ": the bag has no proof from its "
            + Text.counted(other.size(), "entry")
            + " to "
            + checkpoint.size()
            + "; compare both with the collector's log (whorl custody --checkpoint FILE)");
    return false;
  }

  private boolean result(String name, SignedCheckpoint other, boolean consistent) {
    if (consistent) {
      report.note(
          "custody continues the log of " + name + ", of " + Text.counted(other.size(), "entry"));
    } else {
      report.problem(
          "custody does not continue the log of "
              + name
              + ", of "
              + Text.counted(other.size(), "entry")
              + ": the log was changed or cut off in between");
    }
    return consistent;
  }
}
