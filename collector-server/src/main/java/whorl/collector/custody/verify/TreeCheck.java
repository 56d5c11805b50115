package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.KnownCheckpoint;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.custody.proof.TreeEdge;
import whorl.collector.custody.proof.TreeHash;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.evidence.Digest;
import whorl.evidence.Text;

/**
 * Computes the tree of a data folder's log again, and compares it with the checkpoint, the tiles
 * and the time stamps there, and with checkpoints that were kept elsewhere.
 */
final class TreeCheck {
  private static final String CHECKPOINT = "custody/checkpoint";

  private final DataFolder folder;
  private final FolderLog published;
  private final Anchors anchors;
  private final VerificationReport.Builder report;
  private final @Nullable SignedCheckpoint checkpoint;
  private final Set<Long> sizes = new TreeSet<>();
  private final Map<Long, Digest> roots = new HashMap<>();
  private final TreeEdge edge = new TreeEdge();
  private final boolean hasTiles;

  TreeCheck(DataFolder folder, Anchors anchors, VerificationReport.Builder report)
      throws IOException {
    this.folder = folder;
    this.published = new FolderLog(folder, Disk.LOCAL);
    this.anchors = anchors;
    this.report = report;
    this.checkpoint = readCheckpoint();
    this.hasTiles = Files.isDirectory(folder.custody().resolve("tile"));
    if (checkpoint != null) {
      sizes.add(checkpoint.size());
    }
    anchors.checkpoints().forEach(each -> sizes.add(each.checkpoint().size()));
    sizes.addAll(published.stampedSizes(Integer.MAX_VALUE));
    roots.put(0L, TreeHash.EMPTY);
  }

  private @Nullable SignedCheckpoint readCheckpoint() {
    try {
      return published.checkpoint();
    } catch (IOException e) {
      report.problem(CHECKPOINT + " can't be read: " + e.getMessage());
      return null;
    }
  }

  /** Adds the next line of the log. */
  void line(LogLine line) throws IOException {
    edge.add(line.leafHash(), this::compareTile);
    long size = edge.size();
    if (sizes.contains(size)) {
      roots.put(size, edge.root());
    }
    if (checkpoint != null && size == checkpoint.size()) {
      edge.partialTiles(this::compareTile);
    }
  }

  private void compareTile(TilePath path, List<Digest> hashes) throws IOException {
    // the edge grows by the leaf only after its tiles are full
    long size = edge.size() + (path.isPartial() ? 0 : 1);
    if (checkpoint == null || !hasTiles || size > checkpoint.size()) {
      return;
    }
    try {
      if (!Arrays.equals(published.read(path), Tile.bytes(hashes))) {
        report.problem("custody/" + path.path() + " is not of custody.ndjson: it was changed");
      }
    } catch (NoSuchFileException e) {
      report.problem("custody/" + path.path() + " is missing");
    }
  }

  /** All lines were added. */
  void end() throws IOException {
    VerifierKey key = key();
    if (checkpoint == null) {
      reportNoCheckpoint(key);
      return;
    }
    if (key != null && !checkpoint.isSignedBy(key)) {
      report.problem(CHECKPOINT + " is not signed with the key of this log, " + key);
    }
    compareRoot(CHECKPOINT, checkpoint);
    if (edge.size() > checkpoint.size()) {
      report.note(
          "newer than "
              + CHECKPOINT
              + ": "
              + Text.counted(edge.size() - checkpoint.size(), "entry of custody"));
    }
    if (!hasTiles) {
      report.note("custody/tile is not there; a collector writes it again at its start");
    }
    for (Anchors.KeptCheckpoint kept : anchors.checkpoints()) {
      compare(kept.name(), kept.checkpoint(), key);
    }
    checkStamps(key);
  }

  private void reportNoCheckpoint(@Nullable VerifierKey key) {
    if (Files.exists(folder.checkpoint())) {
      return; // it was reported that it can't be read
    }
    if (hasTiles || Files.isDirectory(folder.stamps())) {
      report.problem(CHECKPOINT + " is missing");
    } else if (anchors.checkpoints().isEmpty()) {
      report.note(
          key == null
              ? "custody has no checkpoint: a collector of an earlier version wrote it"
              : "custody has no checkpoint yet");
    }
    for (Anchors.KeptCheckpoint kept : anchors.checkpoints()) {
      compare(kept.name(), kept.checkpoint(), key);
    }
  }

  private @Nullable VerifierKey key() {
    try {
      return LogKey.read(folder.logKey()).verifier();
    } catch (NoSuchFileException e) {
      if (checkpoint != null) {
        report.note(
            "custody/log.key is not there, so the signature of " + CHECKPOINT + " was not checked");
      }
    } catch (IOException e) {
      report.problem("custody/log.key can't be read: " + e.getMessage());
    }
    return null;
  }

  private boolean compare(String name, SignedCheckpoint other, @Nullable VerifierKey key) {
    if (key != null && !other.isSignedBy(key)) {
      report.problem(name + " is not signed with the key of this log, " + key);
      return false;
    }
    if (!compareRoot(name, other)) {
      return false;
    }
    if (checkpoint != null && other.size() > checkpoint.size()) {
      report.problem(
          CHECKPOINT
              + " is of "
              + Text.counted(checkpoint.size(), "entry")
              + ", and "
              + name
              + " of "
              + other.size()
              + ": it was rolled back");
      return false;
    }
    return true;
  }

  private boolean compareRoot(String name, SignedCheckpoint other) {
    Digest found = roots.getOrDefault(other.size(), TreeHash.EMPTY);
    String how = KnownCheckpoint.contradiction(edge.size(), found, other.size(), other.root());
    if (how != null) {
      report.problem(name + ": " + how);
    } else if (!name.equals(CHECKPOINT)) {
      report.note(
          "custody continues the log of " + name + ", of " + Text.counted(other.size(), "entry"));
    }
    return how == null;
  }

  private void checkStamps(@Nullable VerifierKey key) throws IOException {
    StampCheck stampCheck = new StampCheck(anchors, report);
    for (long size : new TreeSet<>(published.stampedSizes(Integer.MAX_VALUE))) {
      String name = "custody/stamps/" + size;
      try {
        Stamped stamped = published.stamped(size);
        if (stamped != null && compare(name + FolderLog.CHECKPOINT, stamped.checkpoint(), key)) {
          stampCheck.check(name + FolderLog.RESPONSE, stamped.checkpoint(), stamped.response());
        }
      } catch (IOException e) {
        report.problem(name + FolderLog.CHECKPOINT + " can't be read: " + e.getMessage());
      }
    }
  }
}
