package whorl.collector.cases;

import java.io.IOException;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.CaseRecord;
import whorl.evidence.Id;

/**
 * Keeps the changes of several collectors apart. Inside a change it locks the case until the end of
 * the change, and refuses it if another collector has changed the case since it was read.
 */
record CaseGuard(CaseLedger ledger) {
  /**
   * @throws ProblemException 409 if the case is not as it was read
   */
  void requireUnchanged(CaseRecord before) throws IOException {
    if (!before.equals(ledger.findAndLock(before.id()))) {
      throw changedMeanwhile(before.id());
    }
  }

  /**
   * @return true
   * @throws ProblemException 409 if the case does not exist any more
   */
  boolean requireExisting(Id id) throws IOException {
    if (ledger.findAndLock(id) == null) {
      throw changedMeanwhile(id);
    }
    return true;
  }

  private static ProblemException changedMeanwhile(Id id) {
    return new ProblemException(
        409, "changed meanwhile", "another collector changed case " + id + " just now; try again");
  }
}
