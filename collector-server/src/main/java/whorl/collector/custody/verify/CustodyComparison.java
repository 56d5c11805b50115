package whorl.collector.custody.verify;

import java.util.List;
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
    for (StoredArtifact artifact : record.artifacts()) {
      if (artifact.derived() && !isDerivationLogged(artifact, history)) {
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

  private static boolean isDerivationLogged(StoredArtifact artifact, List<CustodyEntry> history) {
    for (CustodyEntry entry : history) {
      if (entry.action().equals(CustodyAction.DERIVED.word())
          && artifact.name().value().equals(entry.detail().get("artifact"))
          && artifact.sha256().hex().equals(entry.detail().get("sha256"))) {
        return true;
      }
    }
    return false;
  }
}
