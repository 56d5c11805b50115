package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CommittedRecords;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.Proofs;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Checks that the custody entries of a bag are in the log that its checkpoint signs. */
final class ProofCheck {
  private static final int MAX_BYTES = 32 << 20;

  private final Bundle bag;
  private final Anchors anchors;
  private final VerificationReport.Builder report;

  ProofCheck(Bundle bag, Anchors anchors, VerificationReport.Builder report) {
    this.bag = bag;
    this.anchors = anchors;
    this.report = report;
  }

  /**
   * Checks, and reports what is wrong.
   *
   * @param lines the bag's part of the log
   * @param record the digest of the bag's record, which must be proven too: anybody can add entries
   *     that are newer than the checkpoint
   */
  void check(List<byte[]> lines, Digest record) throws IOException {
    if (BagLayout.PROOF_FILES.stream().noneMatch(bag.names()::contains)) {
      reportNone();
      return;
    }
    VerifierKey key = parsed(BagLayout.LOG_KEY, bytes -> VerifierKey.parse(text(bytes)));
    SignedCheckpoint checkpoint = parsed(BagLayout.CHECKPOINT, SignedCheckpoint::parse);
    LogProof.Paths paths =
        parsed(BagLayout.PROOFS, bytes -> Json.LENIENT.readValue(bytes, LogProof.Paths.class));
    if (key == null || checkpoint == null || paths == null) {
      return;
    }
    if (!checkpoint.isSignedBy(key)) {
      report.problem(BagLayout.CHECKPOINT + " is not signed with the key in " + BagLayout.LOG_KEY);
      return;
    }
    if (paths.size() != checkpoint.size()) {
      report.problem(
          BagLayout.PROOFS
              + " is for "
              + Text.counted(paths.size(), "entry")
              + ", and "
              + BagLayout.CHECKPOINT
              + " is of "
              + checkpoint.size());
      return;
    }
    List<Proven> proven = checkInclusion(lines, paths, checkpoint);
    requireRecord(records(proven), record);
    CheckpointComparison comparison = new CheckpointComparison(checkpoint, paths, report);
    for (Anchors.KeptCheckpoint kept : anchors.checkpoints()) {
      comparison.compare(kept.name(), kept.checkpoint(), key);
      report.compared(kept.name());
    }
    checkStamp(key, comparison, proven);
  }

  private void reportNone() {
    if (anchors.checkpoints().isEmpty()) {
      report.note("custody has no proofs: a collector of an earlier version made this bag");
    }
    for (Anchors.KeptCheckpoint kept : anchors.checkpoints()) {
      report.problem(
          "custody cannot be compared with " + kept.name() + ": the bag has no checkpoint");
      report.compared(kept.name());
    }
  }

  /**
   * An entry that is proven to be in the log.
   *
   * @param index its place there, which need not be the number that the entry gives itself
   */
  private record Proven(long index, CustodyEntry entry) {}

  private static CommittedRecords records(List<Proven> proven) {
    return CommittedRecords.of(proven.stream().map(Proven::entry).toList());
  }

  private void requireRecord(CommittedRecords records, Digest record) {
    if (!records.isCurrent(record.hex()) && !records.isBeforeDerivation(record.hex())) {
      report.problem(
          "nothing proves that "
              + BagLayout.RECORD
              + " is in the log that "
              + BagLayout.CHECKPOINT
              + " signs: its custody entry is newer, or made up; export a new bag, which has a"
              + " newer checkpoint");
    }
  }

  /** Returns the entries that are proven to be in the log. */
  private List<Proven> checkInclusion(
      List<byte[]> lines, LogProof.Paths paths, SignedCheckpoint checkpoint) {
    List<Proven> proven = new ArrayList<>();
    int proofs = paths.inclusion().size();
    int newer = 0;
    for (int i = 0; i < lines.size(); i++) {
      LogProof.Inclusion proof = i < proofs ? paths.inclusion().get(i) : null;
      CustodyEntry entry = entry(lines.get(i));
      long sequence = entry == null ? -1 : entry.sequence();
      if (proof == null && sequence >= checkpoint.size()) {
        newer++;
      } else if (proof == null || !isIncluded(lines.get(i), proof, checkpoint)) {
        report.problem(
            "custody entry "
                + sequence
                + " is not in the log that "
                + BagLayout.CHECKPOINT
                + " signs");
      } else if (entry != null && entry.action() != null) {
        proven.add(new Proven(proof.index(), entry));
      }
    }
    if (proofs > lines.size()) {
      report.problem(
          BagLayout.CUSTODY
              + " has "
              + Text.counted(lines.size(), "entry")
              + ", and "
              + BagLayout.PROOFS
              + " proves "
              + proofs
              + ": the last ones are missing");
    }
    report.note(
        Text.counted(proven.size(), "custody entry")
            + (proven.size() == 1 ? " is" : " are")
            + " proven to be in a log of "
            + checkpoint.size()
            + (newer == 0
                ? ""
                : "; "
                    + Text.counted(newer, "entry")
                    + (newer == 1 ? " is" : " are")
                    + " newer than its checkpoint, which does not prove "
                    + (newer == 1 ? "it" : "them")));
    return proven;
  }

  private static boolean isIncluded(
      byte[] line, LogProof.Inclusion proof, SignedCheckpoint checkpoint) {
    return Proofs.isIncluded(
        new LogLine(proof.index(), line).leafHash(),
        proof.index(),
        checkpoint.size(),
        proof.path(),
        checkpoint.root());
  }

  /** The entry; null for a line that is none, which is reported elsewhere. */
  private static @Nullable CustodyEntry entry(byte[] line) {
    try {
      return Json.MAPPER.readValue(line, CustodyEntry.class);
    } catch (IOException e) {
      return null;
    }
  }

  private void checkStamp(VerifierKey key, CheckpointComparison comparison, List<Proven> proven)
      throws IOException {
    boolean stamped = bag.names().contains(BagLayout.STAMPED);
    if (!stamped && !bag.names().contains(BagLayout.STAMP)) {
      if (!anchors.authorities().isEmpty()) {
        report.note("custody has no time stamp: no authority says when it existed");
      }
      return;
    }
    SignedCheckpoint checkpoint = parsed(BagLayout.STAMPED, SignedCheckpoint::parse);
    byte[] response = parsed(BagLayout.STAMP, bytes -> bytes);
    if (checkpoint != null
        && response != null
        && comparison.compare(BagLayout.STAMPED, checkpoint, key)) {
      new StampCheck(anchors, report).check(BagLayout.STAMP, checkpoint, response);
      CustodyEntry last = records(proven).last();
      boolean isCovered =
          proven.stream()
              .anyMatch(each -> each.index() < checkpoint.size() && each.entry().equals(last));
      if (!isCovered) {
        report.note(
            "the custody entry of "
                + BagLayout.RECORD
                + " is newer than the time stamp, which says nothing about it");
      }
    }
  }

  private interface Parser<T> {
    T parse(byte[] content) throws IOException;
  }

  private <T> @Nullable T parsed(String name, Parser<T> parser) {
    try {
      byte[] content = bag.read(name, MAX_BYTES);
      if (content == null) {
        report.problem(bag.absence(name, MAX_BYTES));
        return null;
      }
      T value = parser.parse(content);
      if (value == null) {
        report.problem(name + " is empty");
      }
      return value;
    } catch (IOException | IllegalArgumentException e) {
      report.problem(name + " can't be read: " + e.getMessage());
      return null;
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
