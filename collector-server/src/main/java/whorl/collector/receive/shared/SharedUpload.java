package whorl.collector.receive.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.ByteSource;
import whorl.collector.http.request.ProblemException;
import whorl.collector.receive.uploads.Checksum;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadInUseException;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.PartsChangedException;
import whorl.evidence.Digest;

/**
 * An upload in the object store and the database, as one request sees it. A chunk that was kept
 * gives the lock back with the statement that saves it.
 */
final class SharedUpload implements Upload {
  private static final Logger LOG = LoggerFactory.getLogger(SharedUpload.class);

  private final SharedState state;
  private UploadRow row;
  private boolean lengthSet;
  private @Nullable String holder;
  private @Nullable Digest announced;

  /**
   * @param holder of the row's lock; null if this is only for reading
   */
  SharedUpload(SharedState state, UploadRow row, @Nullable String holder) {
    this.state = state;
    this.row = row;
    this.holder = holder;
  }

  UploadRow row() {
    return row;
  }

  /** Takes the state of the same upload that was read later. */
  void refresh(UploadRow later, @Nullable String lock) {
    row = later;
    holder = lock;
  }

  @Nullable String holder() {
    return holder;
  }

  @Override
  public String id() {
    return row.id();
  }

  @Override
  public UploadMetadata metadata() {
    return row.metadata();
  }

  @Override
  public long offset() {
    return row.received();
  }

  @Override
  public long length() {
    return row.length();
  }

  @Override
  public @Nullable Digest sha256() {
    return row.sha256();
  }

  @Override
  public byte[] content() throws IOException {
    Digest sha256 = row.sha256();
    if (sha256 == null) {
      throw new IOException("upload " + row.id() + " is not complete");
    }
    return state.objects().content(sha256, row.received());
  }

  @Override
  public void setLength(long length) {
    row = row.withLength(length);
    lengthSet = true;
  }

  @Override
  public void announce(Digest sha256) {
    announced = sha256;
  }

  @Override
  public Outcome append(ByteSource body, @Nullable Checksum checksum, long endMax)
      throws IOException {
    String lock = holder;
    if (lock == null) {
      throw new IllegalStateException("upload " + row.id() + " is not locked");
    }
    try {
      return append(body, checksum, endMax, lock);
    } catch (PartsChangedException lost) {
      throw lost(lock, lost);
    } catch (IOException | RuntimeException | Error e) {
      giveBackInterrupted(lock, e);
      throw e;
    }
  }

  /** The parts cannot be joined, ever: the agent, which has the artifact still, begins again. */
  private ProblemException lost(String lock, PartsChangedException why) throws IOException {
    LOG.warn("upload {} begins again: {}", row.id(), why.getMessage());
    holder = null;
    state.keeper().released(lock);
    if (state.rows().delete(row.id(), lock)) {
      try {
        if (!row.partsKey().isEmpty()) {
          state.objects().store().abortParts(row.partsKey(), row.partsUpload());
        }
        state.objects().clean(row.id());
      } catch (IOException | RuntimeException e) {
        LOG.info("objects of upload {} are deleted later", row.id(), e);
      }
    }
    return new ProblemException(410, "upload lost", "create the upload again: " + why.getMessage());
  }

  private Outcome append(ByteSource body, @Nullable Checksum checksum, long endMax, String lock)
      throws IOException {
    MessageDigest known = state.digests().take(row);
    UploadRow before = state.severed(row);
    row = before;
    MessageDigest unchanged = known;
    try (ChunkWriter writer = new ChunkWriter(state, before, endMax, announced)) {
      writer.resume();
      if (known == null && before.received() > 0) {
        known = writer.restDigest();
        unchanged = known;
      }
      ChunkDigest digest = new ChunkDigest(before, known, checksum);
      unchanged = digest.before();
      Outcome outcome = append(body, endMax, before, writer, digest, lock);
      unchanged = outcome == Outcome.MISMATCH || outcome == Outcome.TOO_LONG ? unchanged : null;
      return outcome;
    } finally {
      if (unchanged != null) {
        state.digests().put(before, unchanged);
      }
    }
  }

  private Outcome append(
      ByteSource body,
      long endMax,
      UploadRow before,
      ChunkWriter writer,
      ChunkDigest digest,
      String lock)
      throws IOException {
    long at = before.received();
    boolean broken = false;
    while (true) {
      ByteBuffer piece;
      try {
        piece = body.next();
      } catch (IOException senderGone) {
        broken = true;
        break;
      }
      if (piece == null) {
        break;
      }
      if (at + piece.remaining() > endMax) {
        return Outcome.TOO_LONG;
      }
      at += piece.remaining();
      digest.update(piece);
      writer.accept(piece);
    }
    if ((digest.hasChecksum() && broken) || !digest.isRight()) {
      return Outcome.MISMATCH;
    }
    Digest all = at == before.length() ? digest.digest() : null;
    if (at == before.length() && writer.canComplete(all)) {
      finish(before, writer, all, lock);
    } else if (at > before.received() || lengthSet) {
      long kept = writer.keepable(at);
      save(writer.keep(kept), writer, lock);
      MessageDigest ended = kept == at ? digest.ended() : null;
      if (ended != null) {
        state.digests().put(row, ended);
      }
    }
    return broken ? Outcome.BROKEN_OFF : Outcome.KEPT;
  }

  private void finish(UploadRow before, ChunkWriter writer, @Nullable Digest running, String lock)
      throws IOException {
    writer.join(before.length(), before.parts() == 0 ? List.of() : state.rows().tags(before));
    Digest sha256 = running == null ? writer.digest(before.length()) : running;
    // From now on nothing may discard this content; afterwards the row claims it.
    try (EvidenceStore.Pin pinned = state.store().pin(Set.of(sha256))) {
      writer.place(sha256);
      save(before.complete(before.length(), sha256), writer, lock);
    }
  }

  private void save(UploadRow changed, ChunkWriter writer, String lock) throws IOException {
    boolean complete = changed.sha256() != null;
    writer.mayCount();
    if (!state.rows().save(changed, complete ? List.of() : writer.tags(), lock)) {
      writer.lost();
      throw new UploadInUseException("upload " + row.id(), row.received());
    }
    UploadRow earlier = row;
    row = changed;
    lengthSet = false;
    holder = null;
    state.keeper().released(lock);
    writer.saved(changed);
    state.clean(earlier, changed, complete ? writer.partsKey() : "");
  }

  /** After a failure nobody knows what the object store has: the next holder looks. */
  private void giveBackInterrupted(String lock, Throwable why) {
    holder = null;
    state.keeper().released(lock);
    try {
      state.rows().unlock(lock, true);
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e); // the lock ends by itself
    }
  }

  @Override
  public void unlock() {
    String lock = holder;
    if (lock == null) {
      return;
    }
    holder = null;
    state.keeper().released(lock);
    try {
      state.rows().unlock(lock, false);
    } catch (IOException | RuntimeException e) {
      LOG.info("upload {} stays locked for a moment", row.id(), e);
    }
  }
}
