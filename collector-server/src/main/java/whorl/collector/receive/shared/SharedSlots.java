package whorl.collector.receive.shared;

import java.io.IOException;
import whorl.collector.limit.RemoteNetwork;
import whorl.collector.receive.uploads.UploadSlots;
import whorl.evidence.Id;

/** The slots of all collectors: columns of the rows of evidence. */
final class SharedSlots implements UploadSlots {
  private final EvidenceRows rows;
  private final int slots;

  SharedSlots(EvidenceRows rows, int slots) {
    this.rows = rows;
    this.slots = slots;
  }

  @Override
  public boolean take(Id evidence, String address) throws IOException {
    String network = RemoteNetwork.of(address);
    if (rows.renewSlot(evidence, network)) {
      return true;
    }
    int ofNetwork = UploadSlots.maxOf(network, slots);
    EvidenceRows.Taken taken = rows.taken(network);
    // Looks first: agents that wait come again and again, and must not queue for one row.
    return taken.all() < slots
        && taken.ofNetwork() < ofNetwork
        && rows.takeSlot(evidence, network, slots, ofNetwork);
  }

  @Override
  public int taken() throws IOException {
    return rows.taken("").all();
  }
}
