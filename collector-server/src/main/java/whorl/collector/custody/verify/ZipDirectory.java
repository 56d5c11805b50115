package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.ZipException;

/**
 * The list of files at the end of a zip, before it is read into memory as a whole, which {@link
 * java.util.zip.ZipFile} does. A hostile zip may have several ends; none of them may name a list
 * that is too long.
 *
 * <pre>
 * end        "PK\5\6" … entries u16 at 10, bytes of the list u32 at 12, …
 * locator    "PK\6\7" … offset of the zip64 end u64 at 8; 20 bytes, before the end
 * zip64 end  "PK\6\6" … entries u64 at 32, bytes of the list u64 at 40
 * </pre>
 */
final class ZipDirectory {
  /** The list of 100,000 files with long names. */
  private static final long LIST_MAX_BYTES = 64L << 20;

  private static final int TAIL_BYTES = (64 << 10) + 22 + 20;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int ZIP64_END_BYTES = 56;
  private static final int END = 0x06054b50;
  private static final int LOCATOR = 0x07064b50;
  private static final int ZIP64_END = 0x06064b50;

  private ZipDirectory() {}

  /**
   * Checks the length of the list; whether it is a zip at all, {@link java.util.zip.ZipFile} says.
   *
   * @throws ZipException if it is too long
   */
  static void check(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long start = Math.max(0, size - TAIL_BYTES);
      ByteBuffer tail = read(channel, start, (int) (size - start));
      for (int at = 0; at + END_BYTES <= tail.limit(); at++) {
        if (tail.getInt(at) == END) {
          check(Integer.toUnsignedLong(tail.getInt(at + 12)), 0xffffffffL);
        } else if (tail.getInt(at) == LOCATOR && at + LOCATOR_BYTES <= tail.limit()) {
          checkZip64(channel, tail.getLong(at + 8), size);
        }
      }
    }
  }

  private static void checkZip64(FileChannel channel, long offset, long size) throws IOException {
    if (offset >= 0 && offset <= size - ZIP64_END_BYTES) {
      ByteBuffer end = read(channel, offset, ZIP64_END_BYTES);
      if (end.getInt(0) == ZIP64_END) {
        check(end.getLong(40), -1);
      }
    }
  }

  private static void check(long listBytes, long elsewhere) throws ZipException {
    if (listBytes != elsewhere && (listBytes < 0 || listBytes > LIST_MAX_BYTES)) {
      throw new ZipException("its list of files has more than " + LIST_MAX_BYTES + " bytes");
    }
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
      // until all is read; a file that became shorter has zeros at its end
    }
    return bytes.clear();
  }
}
