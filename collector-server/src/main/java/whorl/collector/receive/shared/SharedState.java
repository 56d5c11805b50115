package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;

/** What all uploads of one collector work on. */
record SharedState(
    UploadRows rows,
    EvidenceRows evidence,
    UploadObjects objects,
    EvidenceStore store,
    LeaseKeeper keeper,
    RestCache cache) {

  /**
   * The row as the object store has it: a holder that died may have joined the parts before it
   * could write that down. The bytes are all there then, in one object.
   */
  UploadRow repaired(UploadRow row) throws IOException {
    if (!row.interrupted() || row.partsKey().isEmpty()) {
      return row;
    }
    ObjectStore.ObjectFacts joined = objects.store().find(row.partsKey());
    if (joined == null) {
      return row;
    }
    List<Rest> rest = new ArrayList<>();
    String name = row.partsKey().substring(row.partsKey().lastIndexOf('/') + 1);
    long inParts = row.received() - Rest.bytes(row.rest());
    if (joined.size() >= row.received()) {
      rest.add(new Rest(name, row.received()));
    } else if (joined.size() == inParts) {
      rest.add(new Rest(name, inParts));
      rest.addAll(row.rest());
    } else {
      throw new IOException(
          "upload "
              + row.id()
              + " has "
              + row.received()
              + " bytes, and the object store has "
              + joined.size()
              + " of them; terminate it, and send the artifact again");
    }
    return row.with(row.received(), row.digestState(), 0, "", "", rest);
  }
}
