package whorl.collector.custody.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CommittedRecords;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.Receipts;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;

/** Compares a record with the custody entries of the same collector. */
final class CustodyComparison {
  private CustodyComparison() {}

  static void compare(
      EvidenceRecord record,
      Digest recordSha256,
      List<CustodyEntry> history,
      VerificationReport.Builder report) {
    CommittedRecords committedRecords = CommittedRecords.of(history);
    CustodyEntry last = committedRecords.last();
    if (last == null) {
      report.problem("custody has no entry of its sealing");
      return;
    }
    String sha256 = recordSha256.hex();
    if (committedRecords.isBeforeDerivation(sha256)) {
      report.note("a recording is being derived; the collector completes this by itself");
    } else if (!committedRecords.isCurrent(sha256)) {
      report.problem(
          "evidence.json: sha-256 is "
              + recordSha256
              + ", custody entry "
              + last.sequence()
              + " says "
              + last.detail().get(CommittedRecords.RECORD));
    }
    Set<String> derived = derivations(history);
    for (StoredArtifact artifact : record.artifacts()) {
      if (artifact.derived() && !derived.contains(line(artifact.name(), artifact.sha256().hex()))) {
        report.problem("custody does not say how artifact " + artifact.name() + " was derived");
      }
    }
    if (last.action().equals(CustodyAction.ADOPTED.word())) {
      report.note(
          "custody has no entry of it before "
              + last.time()
              + ", when "
              + last.actor()
              + " adopted it as it was");
    } else if (record.hasReceipts()) {
      Receipts.of(record.artifacts()).problems(history).forEach(report::problem);
    }
  }

  private static Set<String> derivations(List<CustodyEntry> history) {
    Set<String> derived = new HashSet<>();
    for (CustodyEntry entry : history) {
      if (entry.action().equals(CustodyAction.DERIVED.word())) {
        derived.add(line(entry.detail().get("artifact"), entry.detail().get("sha256")));
      }
    }
    return derived;
  }

  private static String line(@Nullable Object artifact, @Nullable String sha256) {
    return sha256 + "  " + artifact;
  }
}
