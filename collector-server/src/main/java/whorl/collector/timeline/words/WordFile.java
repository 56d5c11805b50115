package whorl.collector.timeline.words;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The layout of a file that tells which words may stand in which blocks of texts. Some blocks are a
 * group. Big-endian:
 *
 * <pre>
 * sieves, one behind the other:
 *   int64[]  bits: 1 to 4,096 numbers, a power of two
 * the directory, one entry for each block, by their numbers from 0:
 *   int64    where its sieve begins: hashes of each four bytes and of each link, see {@link Grams}
 *   int32    length of it in bytes
 *   int32    CRC-32 of it
 *   int64    where its group's sieve begins: two hashes of each three bytes; groups are several blocks
 *   int32    length of it in bytes
 *   int32    CRC-32 of it
 * the end:
 *   int64    where the directory begins
 *   int32    how many entries it has
 *   int32    CRC-32 of it
 *   int32    version
 *   int32    0x57484F52
 * </pre>
 *
 * <p>What text is hashed as is told by {@link Folding}; a change of it is a new version.
 */
final class WordFile {
  static final int VERSION = 1;
  static final int MAGIC = 0x57484F52;
  static final int END_BYTES = 24;
  static final int ENTRY_BYTES = 32;

  private WordFile() {}

  /**
   * Where a sieve lies.
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
          && length <= Long.BYTES << Sieve.GREATEST_LOG - Sieve.LEAST_LOG
          && Integer.bitCount(length) == 1
          && offset <= bytes - length;
    }
  }

  /** A line of the directory. */
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
