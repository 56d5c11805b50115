package whorl.agent.redact.stream;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Finds the metadata of a recording's chunks from their headers, as the bytes pass.
 *
 * <pre>
 * chunk header:  magic "FLR\0" (4)  version (4)  chunk size (8)  constant pool offset (8)
 *                metadata offset (8)  …
 * event:         size with itself (LEB128)  type (LEB128)  …
 * </pre>
 *
 * <p>A header that is not understood has no metadata: then the whole recording is masked.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer/ChunkHeader.java">ChunkHeader</a>
 */
final class ChunkMetadata {
  private static final int HEADER_BYTES = 32;
  private static final int SIZE_AT = 8;
  private static final int METADATA_AT = 24;
  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;
  private static final int SIZE_MAX_BYTES = 4;
  private static final long NEVER = Long.MAX_VALUE;

  private final byte[] header = new byte[HEADER_BYTES];
  private long position;
  private long chunk;
  private long nextChunk = NEVER;
  private int headerBytes;
  private long start = NEVER;
  private long end = NEVER;

  /** The size of the metadata, as far as it was read. */
  private long size;

  private int sizeBytes;

  /** The metadata of earlier chunks, which the caller may not have passed yet. */
  private final Deque<Range> ended = new ArrayDeque<>();

  private record Range(long start, long end) {}

  /** Reads the next bytes of the recording. */
  void read(byte[] bytes, int offset, int length) {
    int at = 0;
    while (at < length) {
      long wanted = headerBytes < HEADER_BYTES ? chunk + headerBytes : next();
      if (wanted >= position + length - at) {
        break;
      }
      at += (int) (wanted - position);
      position = wanted;
      accept(bytes[offset + at]);
      at++;
      position++;
    }
    position += length - at;
  }

  /** Returns the number of metadata bytes from this position; the position never decreases. */
  long remaining(long from) {
    Range first = ended.peek();
    while (first != null && from >= first.end) {
      ended.remove();
      first = ended.peek();
    }
    if (first != null && from >= first.start) {
      return first.end - from;
    }
    return end != NEVER && from >= start && from < end ? end - from : 0;
  }

  private long next() {
    return end == NEVER && start != NEVER ? start + sizeBytes : nextChunk;
  }

  private void accept(byte b) {
    if (headerBytes < HEADER_BYTES) {
      header[headerBytes++] = b;
      if (headerBytes == HEADER_BYTES) {
        header();
      }
    } else if (end == NEVER && start != NEVER) {
      size |= (long) (b & 0x7F) << (7 * sizeBytes);
      sizeBytes++;
      if (b >= 0 || sizeBytes == SIZE_MAX_BYTES) {
        end = Math.min(nextChunk, start + size);
      }
    } else {
      chunk = position;
      if (end != NEVER) {
        ended.add(new Range(start, end));
      }
      start = NEVER;
      end = NEVER;
      size = 0;
      sizeBytes = 0;
      header[0] = b;
      headerBytes = 1;
    }
  }

  private void header() {
    long bytes = number(SIZE_AT, 8);
    long metadata = number(METADATA_AT, 8);
    if (number(0, 4) != MAGIC || bytes <= HEADER_BYTES) {
      nextChunk = NEVER;
      return;
    }
    nextChunk = chunk + bytes;
    start = metadata > HEADER_BYTES && metadata < bytes ? chunk + metadata : NEVER;
  }

  private long number(int at, int bytes) {
    long number = 0;
    for (int i = at; i < at + bytes; i++) {
      number = number << 8 | header[i] & 0xFF;
    }
    return number;
  }
}
