package whorl.collector.timeline.words;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The layout of a file that records which words may occur in which blocks of texts. Several blocks
 * form a group. Big-endian:
 *
 * <pre>
 * filters, one after the other:
 *   int64[]  bits: 1 to 4,096 numbers, a power of two
 * the directory, one entry for each block, ordered by block number from 0:
 *   int64    position of its filter: hashes of four-byte grams and of links, see {@link Grams}
 *   int32    length of the filter in bytes
 *   int32    CRC-32 of the filter
 *   int64    position of its group's filter: two hashes of each three-byte gram
 *   int32    length of the group's filter in bytes
 *   int32    CRC-32 of the group's filter
 * the end:
 *   int64    position of the directory
 *   int32    number of its entries
 *   int32    CRC-32 of the directory
 *   int32    version
 *   int32    0x57484F52
 * </pre>
 *
 * <p>{@link Folding} defines the bytes that are hashed; changing it requires a new version.
 */
final class WordFile {
  static final int VERSION = 1;
  static final int MAGIC = 0x57484F52;
  static final int END_BYTES = 24;
  static final int ENTRY_BYTES = 32;

  private WordFile() {}

  /**
   * The position of a filter.
   *
   * @param length in bytes
   */
  record Place(long offset, int length, int crc) {
    static Place read(ByteBuffer from) {
      return new Place(from.getLong(), from.getInt(), from.getInt());
    }

    void write(ByteBuffer to) {
      to.putLong(offset).putInt(length).putInt(crc);
    }

    boolean isWithin(long bytes) {
      return offset >= 0
          && length >= Long.BYTES
          && length <= Long.BYTES << BloomFilter.MAX_LOG - BloomFilter.MIN_LOG
          && Integer.bitCount(length) == 1
          && offset <= bytes - length;
    }
  }

  /** An entry of the directory. */
  record Entry(Place block, Place group) {
    static Entry read(ByteBuffer from) {
      return new Entry(Place.read(from), Place.read(from));
    }

    void write(ByteBuffer to) {
      block.write(to);
      group.write(to);
    }
  }

  static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
