package whorl.collector.custody.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.TreeEdge;
import whorl.collector.store.disk.DataFolder;
import whorl.evidence.Digest;
import whorl.evidence.Text;

/**
 * The last checkpoint of a log, compared with the log while it is read. A log that was cut off or
 * changed, even with all its hashes computed anew, has another root. Not thread-safe.
 */
public final class KnownCheckpoint {
  private final long size;
  private final @Nullable Digest root;
  private final TreeEdge edge = new TreeEdge();
  private @Nullable Digest found;

  private KnownCheckpoint(long size, @Nullable Digest root) {
    this.size = size;
    this.root = root;
  }

  /** The checkpoint in the data folder; null if there is none yet. */
  static @Nullable KnownCheckpoint of(DataFolder folder) throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(folder.checkpoint());
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      SignedCheckpoint checkpoint = SignedCheckpoint.parse(content);
      return new KnownCheckpoint(checkpoint.size(), checkpoint.root());
    } catch (IllegalArgumentException e) {
      return new KnownCheckpoint(0, null);
    }
  }

  void add(LogLine line) throws IOException {
    if (edge.size() < size) {
      edge.add(line.leafHash(), (path, hashes) -> {});
    }
    if (edge.size() == size && found == null) {
      found = edge.root();
    }
  }

  /** How the log contradicts the checkpoint; null if it does not. */
  @Nullable String contradiction() {
    if (root == null) {
      return "custody/checkpoint is damaged; restore it from a backup, or accept the log as it is";
    }
    return contradiction(edge.size(), found == null ? edge.root() : found, size, root);
  }

  /**
   * How a log contradicts a checkpoint.
   *
   * @param lines the number of the log's lines, at most {@code size}
   * @param found the root of these lines
   */
  public static @Nullable String contradiction(long lines, Digest found, long size, Digest root) {
    if (lines < size) {
      return "custody has "
          + Text.counted(lines, "entry")
          + ", and its checkpoint is of "
          + size
          + ": the last ones are missing, and holds with them; restore the log from a backup";
    }
    return found.equals(root)
        ? null
        : "the first "
            + size
            + " entries of custody are not those of its checkpoint: entries were changed, and holds"
            + " may be missing; restore the log from a backup";
  }
}
