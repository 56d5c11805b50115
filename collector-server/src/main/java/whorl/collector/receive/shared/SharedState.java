package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import whorl.collector.store.objects.EvidenceStore;

/**
 * What all uploads of one collector work on.
 *
 * @param threads put parts
 */
record SharedState(
    UploadRows rows,
    EvidenceRows evidence,
    UploadObjects objects,
    EvidenceStore store,
    LeaseKeeper keeper,
    RestCache cache,
    DigestCache digests,
    Executor threads,
    Deletions deletions) {
  /**
   * The row without a parted upload that another request may still write to, or even complete: one
   * that failed, or that was taken for dead. What it acknowledged is joined, and stays as it is.
   */
  UploadRow severed(UploadRow row) throws IOException {
    return row.interrupted() ? joined(row, List.of()) : row;
  }

  /**
   * The row with its parts joined to one object, which can be read, but not added to.
   *
   * @param last the tag of a part with the bytes of {@code rest}; empty to leave them as they are
   */
  UploadRow joined(UploadRow row, List<String> last) throws IOException {
    if (row.parts() == 0) {
      return row;
    }
    List<String> tags = new ArrayList<>(rows.tags(row));
    tags.addAll(last);
    long inParts = row.received() - (last.isEmpty() ? Rest.bytes(row.rest()) : 0);
    long size = objects.join(row.partsKey(), row.partsUpload(), tags, inParts);
    String name = row.partsKey().substring(row.partsKey().lastIndexOf('/') + 1);
    List<Rest> rest = new ArrayList<>();
    if (size >= row.received()) {
      rest.add(new Rest(name, row.received())); // with the rest, which was the next part
    } else {
      rest.add(new Rest(name, inParts));
      rest.addAll(row.rest());
    }
    return row.with(row.received(), 0, "", "", rest);
  }

  /**
   * Deletes the objects that are not needed any more, soon.
   *
   * @param joined the key of joined parts that have been copied; empty if there is none
   */
  void clean(UploadRow earlier, UploadRow now, String joined) {
    List<String> keys = new ArrayList<>();
    for (Rest each : earlier.rest()) {
      if (now.rest().stream().noneMatch(kept -> kept.name().equals(each.name()))) {
        keys.add(UploadObjects.key(now.id(), each.name()));
      }
    }
    if (!joined.isEmpty()) {
      keys.add(joined);
    }
    deletions.delete(now.id(), keys);
  }
}
