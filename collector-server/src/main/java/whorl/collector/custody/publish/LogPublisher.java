package whorl.collector.custody.publish;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
import whorl.collector.custody.proof.ProofMaker;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.Stamped;
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
  private static final Duration PROOF_WAIT = Duration.ofSeconds(3);
  private static final long POLL_MILLIS = 50;
  private static final int STAMPS_PROVEN = 32;

  private final CustodyLog log;
  private final PublishedLog published;
  private final SignerKey key;
  private final Turn turn;
  private final InstantSource clock;
  private final TileReader tiles;
  private final List<CheckpointListener> listeners = new CopyOnWriteArrayList<>();
  private @Nullable TreeEdge edge;
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
      if (log.doubts().isEmpty()) {
        publishAccepted(fence.getAsLong());
      }
      return;
    }
    SignedCheckpoint head = published.checkpoint();
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
    if (head == null || lastSize > head.size()) {
      extend(head, fence.getAsLong());
    }
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

  private void contradict(long lines, Digest found, SignedCheckpoint head) {
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
    TreeEdge fromLines = new TreeEdge();
    write(fromLines, head.size());
    if (fromLines.root().equals(head.root())) {
      return fromLines;
    }
    contradict(head.size(), fromLines.root(), head);
    return null;
  }

  /** A person has accepted a log that contradicts the last checkpoint. */
  private void publishAccepted(long fence) throws IOException {
    edge = null;
    TreeEdge all = new TreeEdge();
    write(all, lastSize);
    if (sign(all, fence, true)) {
      edge = all;
      log.accepted();
      LOG.warn("signed a checkpoint of custody that does not continue the one before");
    }
  }

  private void write(TreeEdge growing, long size) throws IOException {
    while (growing.size() < size) {
      long bundle = growing.size() / TilePath.FULL;
      TilePath path = TilePath.of(TilePath.ENTRIES, bundle, size);
      List<LogLine> lines = log.lines(bundle * TilePath.FULL, path.width());
      if (lines.size() != path.width()) {
        throw new IOException("custody lost lines after line " + bundle * TilePath.FULL);
      }
      if (published.keepsEntries()) {
        published.write(path, Tile.bundle(lines.stream().map(LogLine::leaf).toList()));
      }
      for (LogLine line : lines) {
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

  /** Where time stamps of checkpoints are kept. */
  PublishedLog published() {
    return published;
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
   * Proves that these lines are in the log. Publishes them first, or waits a few seconds until
   * another collector has. Lines that no checkpoint covers yet get no proof.
   *
   * @return null if there is no checkpoint
   */
  public @Nullable LogProof proof(List<LogLine> lines) throws IOException {
    long needed = lines.isEmpty() ? 0 : lines.get(lines.size() - 1).index() + 1;
    SignedCheckpoint checkpoint = awaitCheckpoint(needed);
    if (checkpoint == null) {
      return null;
    }
    long size = checkpoint.size();
    ProofMaker maker = new ProofMaker(tiles, size);
    List<LogProof.Inclusion> inclusion = new ArrayList<>(lines.size());
    for (LogLine line : lines) {
      if (line.index() < size) {
        inclusion.add(new LogProof.Inclusion(line.index(), maker.inclusion(line.index(), size)));
      }
    }
    Stamped stamped = stampOf(needed, size);
    List<LogProof.Consistency> consistency = new ArrayList<>();
    List<Long> sizes = new ArrayList<>(published.stampedSizes(STAMPS_PROVEN));
    if (stamped != null && !sizes.contains(stamped.checkpoint().size())) {
      sizes.add(stamped.checkpoint().size());
    }
    for (long earlier : sizes) {
      if (earlier > 0 && earlier < size) {
        consistency.add(new LogProof.Consistency(earlier, maker.consistency(earlier, size)));
      }
    }
    return new LogProof(
        key.verifier(), checkpoint, new LogProof.Paths(size, inclusion, consistency), stamped);
  }

  /** The earliest stamp that covers all lines, else the newest; none that is beyond the tree. */
  private @Nullable Stamped stampOf(long needed, long size) throws IOException {
    Stamped stamped = published.stamped(needed);
    if (stamped == null) {
      long newest =
          published.stampedSizes(STAMPS_PROVEN).stream().mapToLong(each -> each).max().orElse(-1);
      stamped = newest < 0 ? null : published.stamped(newest);
    }
    return stamped == null || stamped.checkpoint().size() > size ? null : stamped;
  }

  private @Nullable SignedCheckpoint awaitCheckpoint(long size) throws IOException {
    long end = System.nanoTime() + PROOF_WAIT.toNanos();
    publish();
    SignedCheckpoint checkpoint = published.checkpoint();
    while ((checkpoint == null || checkpoint.size() < size)
        && log.contradiction() == null
        && System.nanoTime() - end < 0) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return checkpoint;
      }
      publish();
      checkpoint = published.checkpoint();
    }
    return checkpoint;
  }

  /** Publishes what is left. */
  @Override
  public void close() throws IOException {
    publish();
  }
}
