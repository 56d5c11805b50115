package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
  private static final Logger LOG = LoggerFactory.getLogger(SharedState.class);

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

  /**
   * Deletes the objects that are not needed any more; what stays is found by the next cleaning.
   *
   * @param joined the key of joined parts that have been copied; empty if there is none
   */
  void clean(UploadRow earlier, UploadRow now, String joined) {
    try {
      for (Rest each : earlier.rest()) {
        if (now.rest().stream().noneMatch(kept -> kept.name().equals(each.name()))) {
          objects.store().delete(UploadObjects.key(now.id(), each.name()));
        }
      }
      if (!joined.isEmpty()) {
        objects.store().delete(joined);
      }
    } catch (IOException | RuntimeException e) {
      LOG.info("objects of upload {} are deleted later", now.id(), e);
    }
  }
}
