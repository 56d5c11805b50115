package whorl.collector.custody.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CommittedRecords;
import whorl.collector.custody.log.CustodyAction;
import whorl.evidence.CustodyEntry;

/**
 * Distinguishes purged evidence from lost evidence, by the custody entries of one piece of
 * evidence. A purge names the digest of the record that it removed, and never removes evidence on
 * hold.
 */
final class PurgeCheck {
  private final CommittedRecords committedRecords;
  private @Nullable CustodyEntry purge;
  private boolean purgedOnHold;

  PurgeCheck(List<CustodyEntry> history) {
    this.committedRecords = CommittedRecords.of(history);
    Set<String> holders = new HashSet<>();
    for (CustodyEntry entry : history) {
      String holder = entry.detail().getOrDefault("case", "");
      if (CustodyAction.commits(entry.action())
          && entry.detail().containsKey(CommittedRecords.RECORD)) {
        purge = null;
      } else if (entry.action().equals(CustodyAction.HELD.word())) {
        holders.add(holder);
      } else if (entry.action().equals(CustodyAction.RELEASED.word())) {
        holders.remove(holder);
      } else if (entry.action().equals(CustodyAction.PURGED.word())) {
        purge = entry;
        purgedOnHold = purgedOnHold || !holders.isEmpty();
      }
    }
  }

  /**
   * @param inStore true if the evidence is in the store
   */
  void report(boolean inStore, VerificationReport.Builder report) {
    CustodyEntry purged = purge;
    if (purgedOnHold) {
      report.problem("custody says that it was purged although it was on hold");
    }
    if (purged == null) {
      if (committedRecords.last() != null && !inStore) {
        report.problem("custody says that it was kept, but it is not there");
      }
      return;
    }
    String purgedRecord = purged.detail().get(CommittedRecords.RECORD);
    if (!committedRecords.isCurrent(purgedRecord)
        && !committedRecords.isBeforeDerivation(purgedRecord)) {
      CustodyEntry last = committedRecords.last();
      report.problem(
          "custody entry "
              + purged.sequence()
              + " purges the record "
              + purgedRecord
              + ", but "
              + (last == null ? null : last.detail().get(CommittedRecords.RECORD))
              + " was kept");
    }
    report.note(
        inStore
            ? "custody says that it was purged, but it is still there; the collector's next start"
                + " removes it"
            : "purged on "
                + purged.time()
                + " by "
                + purged.actor()
                + ": "
                + purged.detail().getOrDefault("reason", "no reason given"));
  }
}
