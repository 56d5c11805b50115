package whorl.collector.receive.shared;

import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.recent.RecentMap;

/**
 * The running SHA-256 of uploads whose last chunk came to this collector. The JDK's digest is
 * several times faster than one whose state can be stored, so no other collector can go on with it:
 * that one reads the bytes again, once, when the artifact is complete. An entry counts only if
 * nobody has locked the row since. Thread-safe.
 */
final class DigestCache {
  /** Some hundred bytes each. */
  private static final int MAX = 10_000;

  private final Map<String, Running> byUpload = RecentMap.byAddition(MAX);

  /**
   * @param revision of the row that was saved with these bytes
   * @param received the number of digested bytes
   */
  private record Running(long revision, long received, MessageDigest digest) {}

  /** Takes the digest of the received bytes of a row that was just locked; null if unknown. */
  synchronized @Nullable MessageDigest take(UploadRow row) {
    Running running = byUpload.remove(row.id());
    return running != null
            && running.revision() == row.revision() - 1
            && running.received() == row.received()
        ? running.digest()
        : null;
  }

  /**
   * Keeps a digest.
   *
   * @param row as it was saved, or as it was locked if nothing was saved
   * @param digest of its received bytes, to which nothing is added any more
   */
  synchronized void put(UploadRow row, MessageDigest digest) {
    byUpload.put(row.id(), new Running(row.revision(), row.received(), digest));
  }
}
