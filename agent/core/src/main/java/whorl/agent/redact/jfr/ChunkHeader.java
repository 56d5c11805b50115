package whorl.agent.redact.jfr;

import java.io.IOException;

/**
 * The first bytes of a chunk. A recording is one chunk after the other.
 *
 * <pre>
 *   0  magic FLR\0, version       8  size of the chunk         16  position of the constants
 *  24  position of the metadata  64  state: 0 when finished    67  flags: 1 for LEB128 numbers
 * </pre>
 *
 * <p>Numbers are big-endian, positions relative to the chunk.
 *
 * @param end the position in the recording at which the chunk ends
 * @param metadata the position in the recording at which its metadata begins; -1 if it is unknown
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer/ChunkHeader.java">ChunkHeader</a>
 */
record ChunkHeader(long end, long metadata) {
  private static final int BYTES = 68;
  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;
  private static final int SIZE_AT = 8;
  private static final int METADATA_AT = 24;
  private static final int STATE_AT = 64;
  private static final int FLAGS_AT = 67;

  /** Reads the header that begins here, and marks its chunk as finished. */
  static ChunkHeader read(RecordingBytes bytes) throws IOException, MalformedRecordingException {
    long start = bytes.position();
    if (!bytes.hold(BYTES) || number(bytes, start, Integer.BYTES) != MAGIC) {
      throw new MalformedRecordingException("no chunk of a recording begins here");
    }
    long size = number(bytes, start + SIZE_AT, Long.BYTES);
    if (size <= BYTES || size > Long.MAX_VALUE - start) {
      throw new MalformedRecordingException("a chunk has no size");
    }
    long metadata = number(bytes, start + METADATA_AT, Long.BYTES);
    boolean readable = (bytes.held(start + FLAGS_AT) & 1) == 1;
    // JDK 25 reads nothing of a chunk that is not finished, as of a JVM that was killed.
    bytes.set(start + STATE_AT, 0);
    bytes.skip(BYTES);
    boolean known = readable && metadata >= BYTES && metadata < size;
    return new ChunkHeader(start + size, known ? start + metadata : -1);
  }

  private static long number(RecordingBytes bytes, long position, int length) {
    long number = 0;
    for (long i = position; i < position + length; i++) {
      number = number << 8 | bytes.held(i) & 0xFF;
    }
    return number;
  }
}
