package whorl.collector.receive.uploads;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ByteSource;
import whorl.evidence.Digest;

/**
 * One artifact on its way. Any thread may read it. To change it, a thread must hold its lock, from
 * {@link Uploads#lock} or {@link PendingEvidence#lock}.
 */
public interface Upload {
  /** The value of {@link #length} while the length is unknown. */
  long UNKNOWN = -1;

  /** The id in its URL: 128 random bits. */
  String id();

  UploadMetadata metadata();

  /** The number of bytes that are acknowledged. */
  long offset();

  /** The bytes of the whole artifact, or {@link #UNKNOWN}. */
  long length();

  /** The digest of the whole artifact; null until all of it is here and durable. */
  @Nullable Digest sha256();

  /**
   * The bytes of a complete upload.
   *
   * @throws IOException also if it is not complete
   */
  byte[] content() throws IOException;

  /** Sets a length that was unknown; it may become durable with the next chunk only. */
  void setLength(long length) throws IOException;

  /**
   * Says that the next chunk is the whole artifact, whose sender announces this digest. A hint:
   * what arrives decides.
   */
  default void announce(Digest sha256) {}

  /** The result of one chunk. */
  enum Outcome {
    KEPT,
    /** The sender broke off; all bytes that arrived were kept. */
    BROKEN_OFF,
    /** The checksum does not match the received bytes; nothing was kept. */
    MISMATCH,
    /** The chunk exceeds the allowed length; nothing was kept. */
    TOO_LONG
  }

  /**
   * Appends one chunk. When it returns, {@link #offset} bytes are kept, and another collector that
   * shares the uploads can go on from there. A chunk that is the last may complete the upload.
   *
   * @param endMax the offset that the chunk must not exceed
   * @throws IOException if the bytes cannot be kept; the offset does not count them
   */
  Outcome append(ByteSource body, @Nullable Checksum checksum, long endMax) throws IOException;

  /** Gives the lock back; does nothing if it is given back already. */
  void unlock();
}
