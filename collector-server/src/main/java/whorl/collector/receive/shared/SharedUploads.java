package whorl.collector.receive.shared;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.ByteSource;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.SealListener;
import whorl.collector.receive.uploads.MovedUpload;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadInUseException;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.receive.uploads.UploadSlots;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The uploads that several collectors share. Their state is in two tables, their bytes in the
 * object store; what was acknowledged is in both. A request locks a row, and a turn of evidence is
 * a row, until a time by the database's clock, which the collector moves on while it works.
 */
public final class SharedUploads implements Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(SharedUploads.class);
  private static final int ID_BYTES = 16;
  private static final Digest EMPTY = Digest.of(new byte[0]);

  /** The greatest number of parts that S3 takes. */
  private static final int PARTS_MAX = 10_000;

  /** The most parts that are kept on the local disk between two chunks. */
  private static final int CACHED_PARTS = 64;

  private static final Duration TURN_WAIT = Duration.ofSeconds(2);
  private static final Duration CLEAN_INTERVAL = Duration.ofMinutes(30);

  private final SharedState state;
  private final SharedSettings settings;
  private final ReceiveLimits limits;
  private final long leastPartBytes;
  private final SharedSlots slots;
  private final Arrivals arrivals;
  private final SecureRandom random = new SecureRandom();
  private long nextCleanNanos = System.nanoTime() + CLEAN_INTERVAL.toNanos();

  private SharedUploads(
      SharedState state, SharedSettings settings, ReceiveLimits limits, long leastPartBytes) {
    this.state = state;
    this.settings = settings;
    this.limits = limits;
    this.leastPartBytes = leastPartBytes;
    this.slots = new SharedSlots(state.evidence(), limits.evidenceAtOnce());
    this.arrivals = new Arrivals(state.evidence(), settings.reporting());
  }

  /**
   * Opens the uploads.
   *
   * @param database with the tables of uploads
   * @param store whose content is at {@code blobs/…} of {@code objects}
   */
  public static SharedUploads open(
      Database database,
      ObjectStore objects,
      EvidenceStore store,
      ReceiveLimits limits,
      SharedSettings settings)
      throws IOException {
    empty(settings.scratch());
    byte[] name = new byte[ID_BYTES];
    new SecureRandom().nextBytes(name);
    long leaseMillis = settings.lease().toMillis();
    LeaseKeeper keeper = new LeaseKeeper(database, leaseMillis, HexFormat.of().formatHex(name));
    SharedState state =
        new SharedState(
            new UploadRows(database, leaseMillis),
            new EvidenceRows(database, leaseMillis),
            new UploadObjects(objects, settings.scratch()),
            store,
            keeper,
            new RestCache(CACHED_PARTS),
            new DigestCache(),
            PartPuts.threads(),
            new Deletions(objects));
    return new SharedUploads(state, settings, limits, objects.minPartBytes());
  }

  private static void empty(Path scratch) throws IOException {
    Files.createDirectories(scratch);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(scratch, "part-*.tmp")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /**
   * Those of these digests that complete uploads have: their content must not be discarded,
   * although no record refers to it yet.
   */
  public static Set<Digest> claimed(Database database, Collection<Digest> content)
      throws IOException {
    return new UploadRows(database, 1).content(content);
  }

  @Override
  public @Nullable Upload find(String id) throws IOException {
    UploadRow row = state.rows().find(id);
    return row == null ? null : new SharedUpload(state, row, null);
  }

  @Override
  public @Nullable Upload lock(String id) throws IOException {
    String holder = state.keeper().holder();
    UploadRow row = state.rows().lock(id, holder);
    if (row == null) {
      return null;
    }
    state.keeper().holdsUploads(holder);
    return new SharedUpload(state, row, holder);
  }

  /** A chunk completes its upload itself; so nothing is left to do. */
  @Override
  public boolean complete(Upload upload) {
    return upload.sha256() != null;
  }

  @Override
  public boolean remove(Upload upload) throws IOException {
    SharedUpload shared = (SharedUpload) upload;
    String holder = shared.holder();
    if (holder == null || !state.rows().delete(shared.id(), holder)) {
      return false;
    }
    removeObjects(shared.row());
    state.evidence().deleteEmpty(shared.metadata().evidence());
    return true;
  }

  /** Deletes what is left of an upload whose row is gone. */
  void removeObjects(UploadRow row) {
    if (!row.hasObjects() && !row.interrupted()) {
      return;
    }
    try {
      if (!row.partsKey().isEmpty()) {
        state.objects().store().abortParts(row.partsKey(), row.partsUpload());
      }
      state.objects().clean(row.id());
    } catch (IOException | RuntimeException e) {
      LOG.info("objects of upload {} are deleted later", row.id(), e);
    }
  }

  @Override
  public @Nullable Upload createQuickly(
      UploadMetadata metadata, @Nullable Long length, String network, boolean locked)
      throws IOException {
    if (length != null && length == 0) {
      return null;
    }
    String holder = locked ? state.keeper().holder() : "";
    UploadRows.New created = created(newId(), metadata, length, network, holder);
    if (!state
        .rows()
        .insertQuickly(created, limits.artifactsPerEvidence() + 2, limits.unfinishedUploads())) {
      return null;
    }
    if (!locked) {
      return new SharedUpload(state, row(created), null);
    }
    state.keeper().holdsUploads(holder);
    return new SharedUpload(state, row(created), holder);
  }

  SharedUpload insert(UploadMetadata metadata, @Nullable Long length, String network)
      throws IOException {
    return insert(newId(), metadata, length, network);
  }

  private SharedUpload insert(
      String id, UploadMetadata metadata, @Nullable Long length, String network)
      throws IOException {
    UploadRows.New created = created(id, metadata, length, network, "");
    if (created.sha256() == null) {
      state.rows().insert(created);
    } else {
      try (EvidenceStore.Pin pinned = state.store().pin(Set.of(EMPTY))) {
        state.objects().store().put(UploadObjects.blobKey(EMPTY), new byte[0]);
        state.rows().insert(created);
      }
    }
    return new SharedUpload(state, row(created), null);
  }

  private String newId() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private UploadRows.New created(
      String id, UploadMetadata metadata, @Nullable Long length, String network, String holder) {
    long size = length == null ? Upload.UNKNOWN : length;
    return new UploadRows.New(
        id,
        metadata,
        size,
        network,
        partBytes(length == null ? limits.artifactMaxBytes() : length),
        size == 0 ? EMPTY : null,
        holder);
  }

  /**
   * Takes over an upload of another store under its id; one that has this id is replaced.
   *
   * @param content its bytes
   * @param kept the number of artifacts that the evidence's record has
   */
  public void adopt(MovedUpload moved, ByteSource content, int kept) throws IOException {
    UploadMetadata metadata = moved.metadata();
    try (PendingEvidence turn = begin(metadata)) {
      for (Upload earlier : turn.uploads()) {
        if (earlier.id().equals(moved.id())) {
          turn.remove(earlier);
        }
      }
      if (kept > 0) {
        state.evidence().setKept(metadata.evidence(), kept);
      }
      Upload upload =
          insert(moved.id(), metadata, moved.streamed() ? null : (Long) moved.length(), "");
      if (!turn.lock(upload)) {
        throw new UploadInUseException("upload " + moved.id(), 0);
      }
      if (moved.streamed() && moved.length() != Upload.UNKNOWN) {
        upload.setLength(moved.length());
      }
      if (moved.bytes() > 0) {
        upload.append(content, null, Long.MAX_VALUE);
      }
      if (moved.aside()) {
        turn.setAside(upload);
      }
    }
  }

  /** The size of the parts, so that they are not too many. */
  private long partBytes(long artifactBytes) {
    long least = artifactBytes / (PARTS_MAX - 1) + 1;
    return Math.max(least, Math.max(settings.partBytes(), leastPartBytes));
  }

  private static UploadRow row(UploadRows.New created) {
    return new UploadRow(
        created.id(),
        created.metadata(),
        created.length(),
        false,
        0,
        created.sha256(),
        created.partBytes(),
        0,
        "",
        "",
        List.of(),
        created.holder().isEmpty() ? 0 : 1,
        false);
  }

  @Override
  public PendingEvidence begin(UploadMetadata metadata) throws IOException {
    String holder = state.keeper().holder();
    Id evidence = metadata.evidence();
    long end = System.nanoTime() + TURN_WAIT.toNanos();
    EvidenceRows.Owner owner = state.evidence().begin(metadata, holder);
    while (owner == null) {
      pause(evidence, end);
      owner = state.evidence().begin(metadata, holder);
    }
    return turn(evidence, owner, holder);
  }

  @Override
  public @Nullable PendingEvidence turn(Id evidence) throws IOException {
    String holder = state.keeper().holder();
    long end = System.nanoTime() + TURN_WAIT.toNanos();
    EvidenceRows.Owner owner = state.evidence().take(evidence, holder);
    while (owner == null) {
      if (!state.evidence().exists(evidence)) {
        return null;
      }
      pause(evidence, end);
      owner = state.evidence().take(evidence, holder);
    }
    return turn(evidence, owner, holder);
  }

  private PendingEvidence turn(Id evidence, EvidenceRows.Owner owner, String holder)
      throws IOException {
    state.keeper().holdsTurn(holder);
    try {
      return new SharedTurn(state, this, evidence, owner, holder);
    } catch (IOException | RuntimeException | Error e) {
      state.keeper().released(holder);
      throw e;
    }
  }

  /** Turns are short, except those in which evidence is sealed. */
  private static void pause(Id evidence, long endNanos) throws IOException {
    if (System.nanoTime() > endNanos) {
      throw new UploadInUseException("evidence " + evidence, -1);
    }
    try {
      TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(10, 60));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UploadInUseException("evidence " + evidence, -1);
    }
  }

  @Override
  public SealListener.@Nullable Arrived received(Upload upload, long bytes, String address)
      throws IOException {
    return arrivals.received(upload.metadata().evidence(), address);
  }

  @Override
  public boolean contains(Id evidence) throws IOException {
    return state.evidence().exists(evidence);
  }

  @Override
  public List<Id> pending() throws IOException {
    return state.evidence().all();
  }

  @Override
  public Map<Id, Id> idle(Duration silence) throws IOException {
    return state.evidence().idle(silence.toMillis());
  }

  @Override
  public List<Id> unsealed() throws IOException {
    return state.evidence().unsealed(2 * settings.lease().toMillis());
  }

  @Override
  public int unfinished() throws IOException {
    return state.rows().unfinished();
  }

  @Override
  public int unfinishedFrom(String network) throws IOException {
    return state.rows().unfinishedFrom(network);
  }

  @Override
  public UploadSlots slots() {
    return slots;
  }

  @Override
  public boolean exclusive() {
    return false;
  }

  /** Looks through all objects of uploads every half hour. */
  @Override
  public void clean() throws IOException {
    synchronized (this) {
      if (System.nanoTime() - nextCleanNanos < 0) {
        return;
      }
      nextCleanNanos = System.nanoTime() + CLEAN_INTERVAL.toNanos();
    }
    cleanNow();
  }

  /**
   * Deletes objects that no incomplete upload has. A row is there before its first object, and what
   * comes after the row is of a holder that has lost it.
   */
  void cleanNow() throws IOException {
    OneByOne uploads = new OneByOne();
    String after = "";
    do {
      UploadObjects.Page page = state.objects().uploads(after);
      if (!page.uploads().isEmpty()) {
        Set<String> incomplete = state.rows().incomplete(page.uploads());
        for (String id : page.uploads()) {
          if (!incomplete.contains(id)) {
            uploads.run("upload " + id, () -> state.objects().clean(id));
          }
        }
      }
      after = page.last();
    } while (!after.isEmpty());
    uploads.end();
  }

  @Override
  public void close() {
    state.keeper().close();
    state.deletions().close();
    state.cache().close();
  }
}
