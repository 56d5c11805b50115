package whorl.collector.custody.publish;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.KnownCheckpoint;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.custody.proof.TileSource;
import whorl.collector.custody.proof.TreeEdge;
import whorl.collector.custody.proof.TreeHash;
import whorl.collector.custody.proof.VerifierKey;
import whorl.evidence.Digest;

/**
 * Publishes the custody log as a Merkle tree: writes the tiles of new lines, then signs a
 * checkpoint. A checkpoint always continues the last one: if the log contradicts it, custody is in
 * doubt and nothing is signed until a person has accepted the log as it is.
 *
 * <p>Lines never change, so two publishers write the same tiles, and a crash leaves nothing that
 * the next call does not complete. Thread-safe.
 */
public final class LogPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogPublisher.class);

  private final CustodyLog log;
  private final PublishedLog published;
  private final SignerKey key;
  private final Turn turn;
  private final InstantSource clock;
  private final TileReader tiles;
  private final TileAudit audit;
  private final LineProofs proofs;
  private final LineTree lines;
  private final ShownCheckpoint shown;
  private final List<CheckpointListener> listeners = new CopyOnWriteArrayList<>();
  private @Nullable TreeEdge edge;

  /** The checkpoint that this publisher saw last, in the turn with this fence. */
  private @Nullable SignedCheckpoint last;

  private long lastFence;

  /** The published checkpoint with which the log was last compared here, empty for none. */
  private byte @Nullable [] compared;

  private volatile long lastSize;
  private volatile @Nullable Instant signedAt;

  public LogPublisher(
      CustodyLog log, PublishedLog published, SignerKey key, Turn turn, InstantSource clock) {
    this.log = log;
    this.published = published;
    this.key = key;
    this.turn = turn;
    this.clock = clock;
    this.tiles = new TileReader(log, published);
    this.audit = new TileAudit(log, tiles, clock);
    this.proofs = new LineProofs(this, log, published);
    this.lines = new LineTree(log);
    this.shown = new ShownCheckpoint(log, published, key.verifier(), lines);
  }

  /** Adds a listener for checkpoints that this collector signs from now on. */
  public void addListener(CheckpointListener listener) {
    listeners.add(listener);
  }

  /**
   * Publishes what is new, if it is this collector's turn; call it every second, and at the end.
   */
  public synchronized void publish() throws IOException {
    OptionalLong fence = turn.fence();
    lastSize = log.size();
    if (fence.isEmpty()) {
      edge = null;
      return;
    }
    if (log.contradiction() != null) {
      if (!log.isAccepted()) {
        return;
      }
      if (!wasAcceptedElsewhere()) {
        publishAccepted(fence.getAsLong());
        return;
      }
      log.accepted(); // the checkpoint of the collector where it was accepted counts from then on
    }
    SignedCheckpoint head = published.checkpoint();
    compared = bytes(head);
    if (head != null && !head.isSignedBy(key.verifier())) {
      log.contradict(
          "the checkpoint of custody is not signed with this log's key "
              + key.verifier()
              + "; restore custody/checkpoint and the key from a backup");
      return;
    }
    if (head != null && lastSize < head.size()) {
      contradict(lastSize, TreeHash.EMPTY, head);
      return;
    }
    if (!shown.agrees(head, lastSize, fence.getAsLong())
        || !continuesLast(head, fence.getAsLong())) {
      return;
    }
    if (head == null || lastSize > head.size()) {
      extend(head, fence.getAsLong());
    } else if (!audit.step(head.size())) {
      LOG.warn("lines of the custody log and a tile differ: all are compared with the checkpoint");
      edge = fromLines(head);
    } else {
      published.confirm(head);
    }
  }

  /** True if another collector has published since this one found that the log contradicts. */
  private boolean wasAcceptedElsewhere() throws IOException {
    return compared != null && !Arrays.equals(compared, bytes(published.checkpoint()));
  }

  private static byte[] bytes(@Nullable SignedCheckpoint head) {
    return head == null ? new byte[0] : head.bytes();
  }

  /**
   * A database that is set back during this collector's turn would otherwise be continued, and the
   * later checkpoint replaced.
   */
  private boolean continuesLast(@Nullable SignedCheckpoint head, long fence) throws IOException {
    SignedCheckpoint before = lastFence == fence ? last : null;
    if (before != null && (head == null || head.size() < before.size())) {
      boolean missing = lastSize < before.size();
      contradict(
          Math.min(lastSize, before.size()),
          missing ? TreeHash.EMPTY : lines.edge(before.size()).root(),
          before);
      if (log.contradiction() != null) {
        return false;
      }
    }
    last = head;
    lastFence = fence;
    return true;
  }

  private void extend(@Nullable SignedCheckpoint head, long fence) throws IOException {
    long from = head == null ? 0 : head.size();
    TreeEdge growing = edge;
    edge = null; // until all of it succeeds
    if (growing == null || growing.size() != from) {
      growing = head == null ? new TreeEdge() : restored(head);
    }
    if (growing == null) {
      return;
    }
    write(growing, lastSize);
    if (sign(growing, fence, false)) {
      edge = growing;
      deletePartial(from, lastSize);
    }
  }

  private void contradict(long lines, Digest found, SignedCheckpoint head) throws IOException {
    String how = KnownCheckpoint.contradiction(lines, found, head.size(), head.root());
    if (how != null) {
      log.contradict(how);
    }
  }

  /** The edge of the tree at the checkpoint; null if the log's lines do not give its root. */
  private @Nullable TreeEdge restored(SignedCheckpoint head) throws IOException {
    try {
      TreeEdge fromTiles = TreeEdge.read(tiles, head.size());
      if (fromTiles.root().equals(head.root())) {
        return fromTiles;
      }
      LOG.warn("tiles of the custody log are not those of its checkpoint: they are written again");
    } catch (NoSuchFileException missing) {
      LOG.warn(
          "a tile of the custody log is missing: all are written again: {}", missing.getFile());
    }
    return fromLines(head);
  }

  /**
   * Writes all tiles again. If the log's lines do not give the checkpoint's root, the tiles stay as
   * they are, and the result is null.
   */
  private @Nullable TreeEdge fromLines(SignedCheckpoint head) throws IOException {
    Digest computed = lines.edge(head.size()).root();
    if (!computed.equals(head.root())) {
      contradict(head.size(), computed, head);
      return null;
    }
    TreeEdge written = new TreeEdge();
    write(written, head.size());
    return written;
  }

  /** A person has accepted a log that contradicts the last checkpoint. */
  private void publishAccepted(long fence) throws IOException {
    edge = null;
    TreeEdge all = new TreeEdge();
    write(all, lastSize);
    if (sign(all, fence, true)) {
      edge = all;
      shown.accepted(fence);
      log.accepted();
      LOG.warn("signed a checkpoint of custody that does not continue the one before");
    }
  }

  private void write(TreeEdge growing, long size) throws IOException {
    while (growing.size() < size) {
      long bundle = growing.size() / TilePath.FULL;
      TilePath path = TilePath.of(TilePath.ENTRIES, bundle, size);
      List<LogLine> leaves = lines.bundle(bundle * TilePath.FULL, size);
      if (published.keepsEntries()) {
        published.write(path, Tile.bundle(leaves.stream().map(LogLine::leaf).toList()));
      }
      for (LogLine line : leaves) {
        if (line.index() == growing.size()) {
          growing.add(line.leafHash(), (tile, hashes) -> published.write(tile, Tile.bytes(hashes)));
        }
      }
    }
    growing.partialTiles((tile, hashes) -> published.write(tile, Tile.bytes(hashes)));
  }

  private boolean sign(TreeEdge grown, long fence, boolean rebuilt) throws IOException {
    SignedCheckpoint checkpoint = SignedCheckpoint.sign(grown.size(), grown.root(), key);
    if (!published.publish(checkpoint, fence, rebuilt)) {
      return false;
    }
    last = checkpoint;
    lastFence = fence;
    signedAt = clock.instant();
    for (CheckpointListener listener : listeners) {
      listener.published(checkpoint);
    }
    return true;
  }

  /** Deletes partial tiles of the tree before; wider ones replace them. */
  private void deletePartial(long before, long now) {
    for (int level = TilePath.ENTRIES; level == TilePath.ENTRIES || before > 0; level++) {
      if (before % TilePath.FULL > 0 && before < now && keeps(level)) {
        TilePath path = TilePath.of(level, before / TilePath.FULL, before);
        try {
          published.delete(path);
        } catch (IOException e) {
          LOG.debug("{} stays, which harms nothing", path.path(), e);
        }
      }
      if (level != TilePath.ENTRIES) {
        before /= TilePath.FULL;
        now /= TilePath.FULL;
      }
    }
  }

  private boolean keeps(int level) {
    return level != TilePath.ENTRIES || published.keepsEntries();
  }

  /** The last checkpoint that any collector published; null if there is none yet. */
  public @Nullable SignedCheckpoint checkpoint() throws IOException {
    return published.checkpoint();
  }

  /** The public half of the key that signs the checkpoints. */
  public VerifierKey verifier() {
    return key.verifier();
  }

  /** The tiles of the last checkpoint's tree, and those of earlier ones. */
  public TileSource tiles() {
    return tiles;
  }

  /** The number of lines when {@link #publish} was last called. */
  public long lastSize() {
    return lastSize;
  }

  /** Seconds since this collector signed a checkpoint; 0 if it has signed none. */
  public long checkpointAgeSeconds() {
    Instant last = signedAt;
    return last == null ? 0 : Math.max(0, Duration.between(last, clock.instant()).toSeconds());
  }

  /**
   * Proves that these lines are in the log. Publishes them first, or waits up to twenty seconds
   * until another collector has. Lines that no checkpoint covers yet get no proof.
   *
   * @return null if there is no checkpoint
   */
  public @Nullable LogProof proof(List<LogLine> lines) throws IOException {
    return proofs.of(lines);
  }

  /** Publishes what is left. */
  @Override
  public void close() throws IOException {
    publish();
  }
}
