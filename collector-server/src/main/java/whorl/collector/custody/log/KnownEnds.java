package whorl.collector.custody.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.store.records.EndLedger;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Text;

/**
 * The log's ends as known elsewhere, compared with the log while it is checked. A lost or truncated
 * log ends earlier; a rewritten log has another entry at that position.
 *
 * <p>Do not change the texts lightly: an acknowledgement stores the first of them in the log.
 */
final class KnownEnds {
  private record Known(String where, EndLedger.End end) {}

  private final List<Known> unseen;
  private final List<String> different = new ArrayList<>();

  private KnownEnds(List<Known> unseen) {
    this.unseen = unseen;
  }

  static KnownEnds of(List<EndLedger> ledgers) throws IOException {
    List<Known> known = new ArrayList<>();
    for (EndLedger ledger : ledgers) {
      EndLedger.End end = ledger.read();
      if (end != null) {
        known.add(new Known(ledger.where(), end));
      }
    }
    return new KnownEnds(known);
  }

  /** Compares an entry with the known ends. */
  void compare(CustodyEntry entry) {
    unseen.removeIf(
        known -> {
          boolean sameSequence = known.end().sequence() == entry.sequence();
          if (sameSequence && !known.end().hash().equals(entry.hash())) {
            different.add(
                "entry "
                    + entry.sequence()
                    + " of custody.ndjson is not the one that "
                    + known.where()
                    + " knows: the log was written anew, and holds may be missing");
          }
          return sameSequence;
        });
  }

  /**
   * The differences, after the last entry.
   *
   * @param entries the number of the log's entries
   */
  List<String> differences(long entries) {
    List<String> differences = new ArrayList<>(different);
    for (Known known : unseen) {
      differences.add(
          "custody.ndjson has "
              + Text.counted(entries, "entry")
              + ", and "
              + known.where()
              + " knows of "
              + (known.end().sequence() + 1)
              + ": the last ones are missing, and holds with them; restore the log from a backup");
    }
    return differences;
  }
}
