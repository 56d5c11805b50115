package whorl.collector.custody.publish;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.KnownCheckpoint;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.TreeHash;
import whorl.collector.custody.proof.VerifierKey;
import whorl.evidence.Digest;

/**
 * Compares the log with the checkpoint that is kept apart from the database, once in each turn. A
 * database that was restored from an older backup, or cut off together with its own checkpoint,
 * would otherwise be continued, and the later checkpoint replaced. Not thread-safe.
 */
final class ShownCheckpoint {
  private final CustodyLog log;
  private final PublishedLog published;
  private final VerifierKey key;
  private final LineTree lines;
  private long comparedIn = -1;

  ShownCheckpoint(CustodyLog log, PublishedLog published, VerifierKey key, LineTree lines) {
    this.log = log;
    this.published = published;
    this.key = key;
    this.lines = lines;
  }

  /**
   * Compares, unless that was done in this turn.
   *
   * @param head the last checkpoint according to the database
   * @param size the number of the log's lines
   * @return false if the log contradicts the checkpoint: custody is then in doubt
   */
  boolean agrees(@Nullable SignedCheckpoint head, long size, long fence) throws IOException {
    if (comparedIn == fence) {
      return true;
    }
    byte[] shown = published.shown();
    if (shown != null && (head == null || !Arrays.equals(shown, head.bytes()))) {
      String how = contradiction(shown, size);
      if (how != null) {
        log.contradict(how);
        return false;
      }
    }
    comparedIn = fence;
    return true;
  }

  /** The checkpoint is about to be replaced, because a person accepted the log as it is. */
  void accepted(long fence) {
    comparedIn = fence;
  }

  private @Nullable String contradiction(byte[] shown, long size) throws IOException {
    SignedCheckpoint checkpoint;
    try {
      checkpoint = SignedCheckpoint.parse(shown);
    } catch (IllegalArgumentException e) {
      return "the object custody/checkpoint is damaged; restore it, or accept the log as it is";
    }
    if (!checkpoint.isSignedBy(key)) {
      return "the object custody/checkpoint is not signed with this log's key "
          + key
          + ": --objects may be those of another log; restore the object and the key, or accept the"
          + " log as it is";
    }
    boolean missing = size < checkpoint.size();
    Digest found = missing ? TreeHash.EMPTY : lines.edge(checkpoint.size()).root();
    return KnownCheckpoint.contradiction(
        Math.min(size, checkpoint.size()), found, checkpoint.size(), checkpoint.root());
  }
}
