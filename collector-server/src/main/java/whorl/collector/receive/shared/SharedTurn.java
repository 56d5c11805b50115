package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.ByteSource;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.PartsChangedException;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** This collector's turn of evidence, which the row of the evidence gives it. */
final class SharedTurn implements PendingEvidence {
  private static final Logger LOG = LoggerFactory.getLogger(SharedTurn.class);

  private final SharedState state;
  private final SharedUploads creator;
  private final Id evidence;
  private final EvidenceRows.Owner owner;
  private final String holder;
  private final List<SharedUpload> uploads = new ArrayList<>();

  /** Incomplete uploads that were in use when the others were kept. */
  private final Set<String> leftOut = new HashSet<>();

  private final List<EvidenceStore.Pin> pins = new ArrayList<>();
  private boolean locksUploads;
  private boolean removed;
  private boolean ended;

  SharedTurn(
      SharedState state,
      SharedUploads creator,
      Id evidence,
      EvidenceRows.Owner owner,
      String holder)
      throws IOException {
    this.state = state;
    this.creator = creator;
    this.evidence = evidence;
    this.owner = owner;
    this.holder = holder;
    for (UploadRow row : state.rows().of(evidence)) {
      uploads.add(new SharedUpload(state, row, null));
    }
  }

  @Override
  public Id evidence() {
    return evidence;
  }

  @Override
  public Id capture() {
    return owner.capture();
  }

  @Override
  public Id agent() {
    return owner.agent();
  }

  @Override
  public @Nullable Upload upload(ArtifactName name) {
    for (Upload each : namedUploads()) {
      if (each.metadata().artifact().equals(name)) {
        return each;
      }
    }
    return null;
  }

  @Override
  public @Nullable ArtifactName nameDifferingInCase(ArtifactName name) {
    for (Upload each : namedUploads()) {
      if (each.metadata().artifact().differsInCaseAlone(name)) {
        return each.metadata().artifact();
      }
    }
    return null;
  }

  @Override
  public List<Upload> uploads() {
    return List.copyOf(uploads);
  }

  @Override
  public List<Upload> namedUploads() {
    List<Upload> named = new ArrayList<>();
    for (SharedUpload each : uploads) {
      if (!each.row().aside()) {
        named.add(each);
      }
    }
    return named;
  }

  @Override
  public Upload create(UploadMetadata metadata, @Nullable Long length, String network, int kept)
      throws IOException {
    if (kept > 0) {
      state.evidence().setKept(evidence, kept);
    }
    SharedUpload created = creator.insert(metadata, length, network);
    uploads.add(created);
    return created;
  }

  @Override
  public boolean lock(Upload upload) throws IOException {
    SharedUpload shared = (SharedUpload) upload;
    holdUploads();
    UploadRow row = state.rows().lockFree(shared.id(), holder);
    if (row == null) {
      return false;
    }
    shared.refresh(row, holder);
    return true;
  }

  @Override
  public boolean lockAll() throws IOException {
    holdUploads();
    List<UploadRow> locked = state.rows().lockAll(evidence, holder);
    for (UploadRow row : locked) {
      SharedUpload known = byId(row.id());
      if (known == null) {
        return false; // it has just been created: the agent is there
      }
      known.refresh(row, holder);
    }
    return locked.size() == uploads.size();
  }

  private void holdUploads() {
    locksUploads = true;
    state.keeper().holdsUploads(holder);
  }

  private @Nullable SharedUpload byId(String id) {
    for (SharedUpload each : uploads) {
      if (each.id().equals(id)) {
        return each;
      }
    }
    return null;
  }

  @Override
  public void complete(Upload upload) throws IOException {
    ByteSource nothing = () -> null;
    upload.append(nothing, null, upload.length());
  }

  @Override
  public void setAside(Upload upload) throws IOException {
    SharedUpload shared = (SharedUpload) upload;
    UploadRow aside = state.rows().setAside(shared.id(), holder);
    if (aside != null) {
      shared.refresh(aside, shared.holder());
    }
  }

  @Override
  public void remove(Upload upload) throws IOException {
    uploads.removeIf(each -> each.id().equals(upload.id()));
    if (state.rows().deleteInTurn(upload.id(), holder)) {
      creator.removeObjects(((SharedUpload) upload).row());
    }
  }

  @Override
  public void removeAll() throws IOException {
    List<UploadRow> rows = new ArrayList<>();
    for (SharedUpload each : uploads) {
      if (!leftOut.contains(each.id())) {
        rows.add(each.row());
      }
    }
    state.rows().delete(evidence, rows);
    ended = state.evidence().delete(evidence, holder);
    removed = true;
    uploads.clear();
    for (UploadRow row : rows) {
      if (row.sha256() == null) {
        creator.removeObjects(row);
      }
    }
  }

  @Override
  public boolean removed() {
    return removed;
  }

  @Override
  public @Nullable Digest freeze(Upload upload) throws IOException {
    SharedUpload shared = (SharedUpload) upload;
    if (shared.holder() == null && !lock(shared)) {
      leftOut.add(shared.id());
      return null;
    }
    UploadRow row = shared.row();
    try (Freezing freezing = Freezing.join(state, row)) {
      Digest sha256 = freezing.digest();
      pins.add(state.store().pin(Set.of(sha256)));
      freezing.place(sha256);
      UploadRow frozen = freezing.row();
      if (frozen != row) {
        if (!state.rows().change(frozen, holder)) {
          throw new IOException("upload " + row.id() + " was taken over by another collector");
        }
        shared.refresh(frozen, holder);
        state.clean(row, frozen, "");
      }
      return sha256;
    } catch (PartsChangedException lost) {
      LOG.warn(
          "evidence {} goes on without an incomplete artifact: {}", evidence, lost.getMessage());
      leftOut.add(shared.id());
      return null;
    }
  }

  @Override
  public void keep(Set<Digest> content, EvidenceStore store) throws IOException {
    store.keepClaimed(content);
  }

  @Override
  public void requireTurn() throws IOException {
    if (!state.evidence().renewForRecord(evidence, holder)) {
      throw new IOException("evidence " + evidence + " was taken over by another collector");
    }
  }

  @Override
  public void close() {
    state.keeper().released(holder);
    pins.forEach(EvidenceStore.Pin::close);
    try {
      if (locksUploads) {
        state.rows().unlock(holder, false);
      }
      if (!ended) {
        state.evidence().release(evidence, holder);
      }
    } catch (IOException | RuntimeException e) {
      LOG.info("evidence {} stays locked for a moment", evidence, e);
    }
  }
}
