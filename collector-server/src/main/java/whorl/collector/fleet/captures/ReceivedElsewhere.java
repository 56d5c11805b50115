package whorl.collector.fleet.captures;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import whorl.collector.store.records.CaptureLedger;
import whorl.evidence.Id;

/**
 * The bytes that this collector received for captures whose agents are connected to other
 * collectors. They are saved every second, so that the other collector sees signs of life. Not
 * thread-safe; the caller must lock.
 */
final class ReceivedElsewhere {
  private final CaptureLedger ledger;
  private final Map<Id, Received> unsaved = new HashMap<>();

  private record Received(Id agent, long bytes) {}

  ReceivedElsewhere(CaptureLedger ledger) {
    this.ledger = ledger;
  }

  void add(Id capture, Id agent, long bytes) {
    unsaved.put(capture, new Received(agent, bytes));
  }

  void forget(Id capture) {
    unsaved.remove(capture);
  }

  void save() throws IOException {
    Iterator<Map.Entry<Id, Received>> each = unsaved.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Id, Received> next = each.next();
      ledger.touch(next.getKey(), next.getValue().agent(), next.getValue().bytes());
      each.remove();
    }
  }
}
