package whorl.collector.fleet.captures;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import whorl.collector.store.outage.OneByOne;
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

  /** Saves each; one that fails is saved by a later call. */
  void save(OneByOne work) throws IOException {
    for (Map.Entry<Id, Received> each : Map.copyOf(unsaved).entrySet()) {
      Id capture = each.getKey();
      Received received = each.getValue();
      work.run(
          "bytes of capture " + capture,
          () -> {
            ledger.touch(capture, received.agent(), received.bytes());
            unsaved.remove(capture);
          });
    }
  }
}
