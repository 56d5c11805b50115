package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.Proofs;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Json;

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
   * @return the sequences of entries that nobody signed: they are newer than the checkpoint, and
   *     say nothing about the evidence, because anybody can add such entries
   */
  Set<Long> check(List<byte[]> lines) throws IOException {
    if (BagLayout.PROOF_FILES.stream().noneMatch(bag.names()::contains)) {
      reportNone();
      return Set.of();
    }
    VerifierKey key = parsed(BagLayout.LOG_KEY, bytes -> VerifierKey.parse(text(bytes)));
    SignedCheckpoint checkpoint = parsed(BagLayout.CHECKPOINT, SignedCheckpoint::parse);
    LogProof.Paths paths =
        parsed(BagLayout.PROOFS, bytes -> Json.LENIENT.readValue(bytes, LogProof.Paths.class));
    if (key == null || checkpoint == null || paths == null) {
      return Set.of();
    }
    if (!checkpoint.isSignedBy(key)) {
      report.problem(BagLayout.CHECKPOINT + " is not signed with the key in " + BagLayout.LOG_KEY);
      return Set.of();
    }
    if (paths.size() != checkpoint.size()) {
      report.problem(
          BagLayout.PROOFS
              + " is for "
              + paths.size()
              + " entries, and "
              + BagLayout.CHECKPOINT
              + " is of "
              + checkpoint.size());
      return Set.of();
    }
    Set<Long> unproven = checkInclusion(lines, paths, checkpoint, key);
    CheckpointComparison comparison = new CheckpointComparison(checkpoint, paths, report);
    for (Anchors.KeptCheckpoint kept : anchors.checkpoints()) {
      comparison.compare(kept.name(), kept.checkpoint(), key);
      report.compared(kept.name());
    }
    checkStamp(key, comparison);
    return unproven;
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

  private Set<Long> checkInclusion(
      List<byte[]> lines, LogProof.Paths paths, SignedCheckpoint checkpoint, VerifierKey key) {
    Map<Digest, LogProof.Inclusion> proven = new HashMap<>();
    int proofs = paths.inclusion().size();
    Set<Long> newer = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      LogProof.Inclusion proof = i < proofs ? paths.inclusion().get(i) : null;
      long sequence = sequence(lines.get(i));
      if (proof == null && sequence >= checkpoint.size()) {
        newer.add(sequence);
      } else if (proof == null || !isIncluded(lines.get(i), proof, checkpoint)) {
        report.problem(
            "custody entry "
                + sequence
                + " is not in the log that "
                + BagLayout.CHECKPOINT
                + " signs");
      } else {
        proven.put(new LogLine(proof.index(), lines.get(i)).leafHash(), proof);
      }
    }
    if (proofs > lines.size()) {
      report.problem(
          BagLayout.CUSTODY
              + " has "
              + lines.size()
              + " entries, and "
              + BagLayout.PROOFS
              + " proves "
              + proofs
              + ": the last ones are missing");
    }
    report.note(
        proven.size()
            + " custody entries are proven to be in a log of "
            + checkpoint.size()
            + " with the key "
            + key
            + (newer.isEmpty()
                ? ""
                : "; "
                    + newer.size()
                    + " are newer than its checkpoint and prove nothing (fetch the bag again)"));
    return newer;
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

  /** The sequence of an entry; -1 for a line that is none, which is reported elsewhere. */
  private static long sequence(byte[] line) {
    try {
      CustodyEntry entry = Json.MAPPER.readValue(line, CustodyEntry.class);
      return entry == null ? -1 : entry.sequence();
    } catch (IOException e) {
      return -1;
    }
  }

  private void checkStamp(VerifierKey key, CheckpointComparison comparison) throws IOException {
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
    }
  }

  private interface Parser<T> {
    T parse(byte[] content) throws IOException;
  }

  private <T> @Nullable T parsed(String name, Parser<T> parser) {
    try {
      byte[] content = bag.read(name, MAX_BYTES);
      if (content == null) {
        report.problem(name + " is missing");
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
