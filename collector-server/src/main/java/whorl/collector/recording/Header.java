package whorl.collector.recording;

import java.nio.ByteBuffer;

/**
 * The beginning of a chunk ({@code jfrChunkWriter.cpp}, {@code
 * jdk.jfr.internal.consumer.ChunkHeader}). Numbers are big-endian:
 *
 * <pre>
 *  0  "FLR\0"
 *  4  int16 major, int16 minor version
 *  8  int64 size                      16  int64 position of the last checkpoint
 * 24  int64 position of the metadata  32  int64 nanoseconds since 1970 at the beginning
 * 40  int64 duration in nanoseconds   48  int64 ticks at the beginning
 * 56  int64 ticks per second          64  int8  not 0 while it is being written
 * 67  int8  flags; the lowest: numbers are compressed
 * </pre>
 *
 * The positions are only checked, to report a damaged header. Nothing relies on them.
 */
record Header(Clock clock, boolean compressed, boolean finished, long checkpoint, long metadata) {
  static final int BYTES = 68;

  private static final int MAGIC = 0x464C5200;
  private static final int MAJOR_MAX = 2;

  static Header of(ByteBuffer chunk) throws DamagedRecordingException {
    if (chunk.limit() < BYTES || chunk.getInt(0) != MAGIC) {
      throw new DamagedRecordingException("it does not begin like a chunk of a recording");
    }
    int major = chunk.getShort(4);
    if (major < 1 || major > MAJOR_MAX) {
      throw new DamagedRecordingException(
          "it is of version " + major + "; only 1 and " + MAJOR_MAX + " are known");
    }
    return new Header(
        Clock.of(chunk.getLong(32), chunk.getLong(48), chunk.getLong(56)),
        (chunk.get(67) & 1) != 0 || !beginsUncompressed(chunk),
        chunk.getLong(8) != 0 && chunk.get(64) == 0,
        chunk.getLong(16),
        chunk.getLong(24));
  }

  /**
   * True if the first event's size is plausible as an uncompressed number: the flag alone is not
   * reliable.
   */
  private static boolean beginsUncompressed(ByteBuffer chunk) {
    if (chunk.limit() < BYTES + Integer.BYTES) {
      return false;
    }
    int size = chunk.getInt(BYTES);
    return size > 0 && size <= chunk.limit() - BYTES;
  }
}
