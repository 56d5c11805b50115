package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.PartsChangedException;
import whorl.evidence.Digest;

/**
 * Puts the received bytes of an incomplete upload at their content address. Parts can only be read
 * once they are joined, and no part can be added then; if the agent comes back, the joined object
 * is the beginning of what it sends. For one thread.
 */
final class Freezing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Freezing.class);

  private final SharedState state;
  private final UploadRow row;
  private @Nullable Spill together;

  private Freezing(SharedState state, UploadRow row) {
    this.state = state;
    this.row = row;
  }

  /**
   * Joins the parts.
   *
   * @param row of an upload that is locked
   */
  static Freezing join(SharedState state, UploadRow row) throws IOException {
    UploadRow severed = state.severed(row);
    if (severed.parts() == 0) {
      return new Freezing(state, severed);
    }
    if (!severed.rest().isEmpty()) {
      try {
        return new Freezing(state, state.joined(severed, List.of(lastPart(state, severed))));
      } catch (PartsChangedException late) {
        // A holder that was taken for dead has put its own part of this number since. It can have
        // changed no other, so the others are joined, and the rest stays as it is.
        LOG.info("upload {}: {}", severed.id(), late.getMessage());
      }
    }
    return new Freezing(state, state.joined(severed, List.of()));
  }

  /** Puts the bytes that are in no part as the next one; returns its tag. */
  private static String lastPart(SharedState state, UploadRow row) throws IOException {
    try (Spill rest = state.objects().spill()) {
      state.objects().read(row.id(), row.rest(), rest);
      return rest.putPart(
          state.objects().store(), row.partsKey(), row.partsUpload(), row.parts() + 1);
    }
  }

  /** The row to save; the same as before if nothing of it has changed. */
  UploadRow row() {
    return row;
  }

  /** The digest of the received bytes, which are read for it. */
  Digest digest() throws IOException {
    if (row.rest().size() == 1 || isJoined()) {
      return state.objects().digest(row.id(), row.rest());
    }
    Spill all = state.objects().spill();
    together = all;
    state.objects().read(row.id(), row.rest(), all);
    return all.digest();
  }

  private boolean isJoined() {
    return row.rest().get(0).bytes() >= row.partBytes();
  }

  /** Puts the bytes at their content address, after {@link #digest}. */
  void place(Digest sha256) throws IOException {
    ObjectStore store = state.objects().store();
    String blob = UploadObjects.blobKey(sha256);
    Spill all = together;
    if (all != null) {
      all.putTo(store, blob);
      return;
    }
    String first = UploadObjects.key(row.id(), row.rest().get(0).name());
    ObjectStore.ObjectFacts facts = store.find(first);
    if (facts != null && facts.size() == row.received()) {
      store.copy(first, blob);
    } else if (isJoined()) {
      // There is more after it, or it is longer than what was acknowledged of it.
      placeInParts(store, blob, first);
    } else {
      throw new IOException("object " + first + " has not the " + row.received() + " bytes it had");
    }
  }

  private void placeInParts(ObjectStore store, String blob, String first) throws IOException {
    String upload = store.beginParts(blob);
    try {
      List<String> tags = new ArrayList<>();
      long bytes = row.rest().get(0).bytes();
      for (UploadObjects.Range each : UploadObjects.ranges(bytes)) {
        tags.add(
            store.copyPart(blob, upload, tags.size() + 1, first, each.offset(), each.length()));
      }
      if (row.rest().size() > 1) {
        try (Spill behind = state.objects().spill()) {
          state.objects().read(row.id(), row.rest().subList(1, row.rest().size()), behind);
          tags.add(behind.putPart(store, blob, upload, tags.size() + 1));
        }
      }
      store.completeParts(blob, upload, tags);
    } catch (IOException | RuntimeException | Error e) {
      try {
        store.abortParts(blob, upload);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (together != null) {
      together.close();
    }
  }
}
