package whorl.collector.receive.shared;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.uploads.Checksum;
import whorl.evidence.Digest;

/**
 * The SHA-256 of an artifact up to the end of a chunk, if that of the bytes before the chunk is
 * known, and the chunk's own checksum. For one thread.
 */
final class ChunkDigest {
  private final @Nullable MessageDigest before;
  private final @Nullable MessageDigest running;
  private final @Nullable Checksum checksum;

  /** The digest of the artifact's first chunk is that of the artifact so far. */
  private final boolean isChecksumToo;

  /**
   * @param before the digest of the bytes before the chunk; null if it is unknown
   */
  ChunkDigest(UploadRow row, @Nullable MessageDigest before, @Nullable Checksum checksum) {
    this.before = row.received() == 0 ? Digest.newSha256() : before;
    this.running = this.before == null ? null : copy(this.before);
    this.checksum = checksum;
    this.isChecksumToo =
        checksum != null && row.received() == 0 && checksum.is(Digest.newSha256().getAlgorithm());
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this Java platform's SHA-256 can't be copied", e);
    }
  }

  void update(ByteBuffer bytes) {
    if (running != null) {
      running.update(bytes.duplicate());
    }
    if (checksum != null && !isChecksumToo) {
      checksum.update(bytes.duplicate());
    }
  }

  boolean hasChecksum() {
    return checksum != null;
  }

  /** False if the chunk has a checksum, and its bytes have another. */
  boolean isRight() {
    if (checksum == null) {
      return true;
    }
    return isChecksumToo && running != null ? checksum.matches(copy(running)) : checksum.matches();
  }

  /** The digest of all bytes so far; null if it is unknown. Call it once, or {@link #ended}. */
  @Nullable Digest digest() {
    return running == null ? null : Digest.of(running);
  }

  /** The digest with the chunk, to which another chunk may be added; null if it is unknown. */
  @Nullable MessageDigest ended() {
    return running;
  }

  /** The digest without the chunk; null if it is unknown. */
  @Nullable MessageDigest before() {
    return before;
  }
}
