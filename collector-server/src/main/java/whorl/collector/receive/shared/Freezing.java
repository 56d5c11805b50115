package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Digest;

/**
 * Puts the received bytes of an incomplete upload at their content address. Parts can only be read
 * once they are joined, and no part can be added then; if the agent comes back, the joined object
 * is the beginning of what it sends.
 */
final class Freezing {
  private final SharedState state;
  private final UploadRow row;

  /**
   * @param row of an upload that is locked
   */
  Freezing(SharedState state, UploadRow row) {
    this.state = state;
    this.row = row;
  }

  /**
   * @param sha256 of the received bytes
   * @return the row to save; the same if nothing of it has changed
   */
  UploadRow run(Digest sha256) throws IOException {
    ObjectStore store = state.objects().store();
    String blob = UploadObjects.blobKey(sha256);
    if (row.parts() > 0) {
      join();
      store.copy(row.partsKey(), blob);
      String name = row.partsKey().substring(row.partsKey().lastIndexOf('/') + 1);
      List<Rest> joined = List.of(new Rest(name, row.received()));
      return row.with(row.received(), row.digestState(), 0, "", "", joined);
    }
    if (isOneObject()) {
      store.copy(UploadObjects.key(row.id(), row.rest().get(0).name()), blob);
    } else {
      try (Spill all = state.objects().spill()) {
        state.objects().read(row.id(), row.rest(), all);
        all.putTo(store, blob);
      }
    }
    return row;
  }

  /** A joined object may be longer than what was acknowledged of it. */
  private boolean isOneObject() throws IOException {
    if (row.rest().size() != 1) {
      return false;
    }
    ObjectStore.ObjectFacts facts =
        state.objects().store().find(UploadObjects.key(row.id(), row.rest().get(0).name()));
    return facts != null && facts.size() == row.received();
  }

  private void join() throws IOException {
    List<String> tags = new ArrayList<>(state.rows().tags(row));
    if (!row.rest().isEmpty()) {
      try (Spill last = state.objects().spill()) {
        state.objects().read(row.id(), row.rest(), last);
        tags.add(
            last.putPart(
                state.objects().store(), row.partsKey(), row.partsUpload(), row.parts() + 1));
      }
    }
    state.objects().join(row.partsKey(), row.partsUpload(), tags, row.received());
  }
}
