package whorl.collector.custody;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.store.EndLedger;
import whorl.evidence.CustodyEntry;

/**
 * What was known of the log's end in other places, compared with the log as it is walked: a log
 * that was lost or cut ends before, and one that was written anew has another entry there.
 */
final class KnownEnds {
  private record Known(String where, EndLedger.End end) {}

  private final List<Known> left;
  private final List<String> different = new ArrayList<>();

  private KnownEnds(List<Known> left) {
    this.left = left;
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

  /** The walk has come to this entry. */
  void passed(CustodyEntry entry) {
    left.removeIf(
        known -> {
          boolean here = known.end().sequence() == entry.sequence();
          if (here && !known.end().hash().equals(entry.hash())) {
            different.add(
                "entry "
                    + entry.sequence()
                    + " of custody.ndjson is not the one that "
                    + known.where()
                    + " knows: the log was written anew, and holds may be missing");
          }
          return here;
        });
  }

  /**
   * What does not agree, at the end of the walk.
   *
   * @param entries how many there are
   */
  List<String> missed(long entries) {
    List<String> missed = new ArrayList<>(different);
    for (Known known : left) {
      missed.add(
          "custody.ndjson has "
              + entries
              + " entries, and "
              + known.where()
              + " knows of "
              + (known.end().sequence() + 1)
              + ": the last ones are missing, and holds with them; restore the log from a backup");
    }
    return missed;
  }
}
