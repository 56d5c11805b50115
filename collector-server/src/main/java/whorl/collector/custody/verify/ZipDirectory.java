package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.ZipException;
import whorl.evidence.Text;

/**
 * The list of files at the end of a zip, before it is read into memory as a whole, which {@link
 * java.util.zip.ZipFile} does. A list must not be too long, nor have what other programs unpack
 * differently: links, which {@code ZipFile} reads as files, and second names, which it does not
 * read. A hostile zip may have several ends: if it does not end with one, all are checked. If it
 * does, all programs take that one, and what looks like others is in the files.
 *
 * <pre>
 * file       "PK\1\2" … lengths of name, extra field and comment u16 at 28, mode u16 at 40; 46
 *            bytes, then these three. The extra field has parts: id u16, length u16, content
 * end        "PK\5\6" … entries u16 at 10, bytes of the list u32 at 12, length of a comment u16
 *            at 20; 22 bytes, then the comment
 * locator    "PK\6\7" … offset of the zip64 end u64 at 8; 20 bytes, before the end
 * zip64 end  "PK\6\6" … entries u64 at 32, bytes of the list u64 at 40
 * </pre>
 */
final class ZipDirectory {
  /** The list of 100,000 files with long names. */
  private static final long LIST_MAX_BYTES = 64L << 20;

  private static final int TAIL_BYTES = (64 << 10) + 22 + 20;
  private static final int END_BYTES = 22;
  private static final int COMMENT_AT = 20;
  private static final int LOCATOR_BYTES = 20;
  private static final int ZIP64_END_BYTES = 56;
  private static final int END = 0x06054b50;
  private static final int LOCATOR = 0x07064b50;
  private static final int ZIP64_END = 0x06064b50;
  private static final int LISTED_BYTES = 46;
  private static final int LISTED = 0x02014b50;
  private static final int UNICODE_NAME = 0x7075;

  /** The type of a file in its Unix mode; 0 where it was written by another system. */
  private static final int TYPE = 0xf000;

  private static final Set<Integer> FILE_OR_FOLDER = Set.of(0, 0x8000, 0x4000);

  private ZipDirectory() {}

  /**
   * Checks the list; whether it is a zip at all, {@link java.util.zip.ZipFile} says.
   *
   * @throws ZipException if it is too long, or has links or second names
   */
  static void check(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long start = Math.max(0, size - TAIL_BYTES);
      ByteBuffer tail = read(channel, start, (int) (size - start));
      long listed = 0;
      int last = tail.limit() - END_BYTES;
      boolean endsWithEnd =
          last >= 0 && tail.getInt(last) == END && tail.getShort(last + COMMENT_AT) == 0;
      for (int at = endsWithEnd ? Math.max(0, last - LOCATOR_BYTES) : 0; at <= last; at++) {
        if (tail.getInt(at) == END) {
          long bytes = Integer.toUnsignedLong(tail.getInt(at + 12));
          listed += bytes == 0xffffffffL ? 0 : check(channel, start + at, bytes, listed);
        } else if (tail.getInt(at) == LOCATOR && at + LOCATOR_BYTES <= tail.limit()) {
          listed += checkZip64(channel, tail.getLong(at + 8), size, listed);
        }
      }
    }
  }

  private static long checkZip64(FileChannel channel, long offset, long size, long before)
      throws IOException {
    if (offset >= 0 && offset <= size - ZIP64_END_BYTES) {
      ByteBuffer end = read(channel, offset, ZIP64_END_BYTES);
      if (end.getInt(0) == ZIP64_END) {
        return check(channel, offset, end.getLong(40), before);
      }
    }
    return 0;
  }

  /**
   * Checks a list.
   *
   * @param end where it ends
   * @param before the bytes of lists that were checked before
   * @return its bytes
   */
  private static long check(FileChannel channel, long end, long bytes, long before)
      throws IOException {
    if (bytes < 0 || bytes > LIST_MAX_BYTES - before) {
      throw new ZipException("its list of files has more than " + LIST_MAX_BYTES + " bytes");
    }
    if (bytes > end) {
      return 0;
    }
    ByteBuffer list = read(channel, end - bytes, (int) bytes);
    int at = 0;
    while (at + LISTED_BYTES <= list.limit() && list.getInt(at) == LISTED) {
      int name = at + LISTED_BYTES;
      int extra = name + Short.toUnsignedInt(list.getShort(at + 28));
      int comment = extra + Short.toUnsignedInt(list.getShort(at + 30));
      if (comment > list.limit()) {
        return bytes;
      }
      boolean isPlain = FILE_OR_FOLDER.contains(list.getShort(at + 40) & TYPE);
      if (!isPlain || hasUnicodeName(list, extra, comment)) {
        throw new ZipException(
            Text.shortened(new String(list.array(), name, extra - name, StandardCharsets.UTF_8))
                + (isPlain
                    ? " has a second name, which other programs give the file"
                    : " is a link or a device, not a file"));
      }
      at = comment + Short.toUnsignedInt(list.getShort(at + 32));
    }
    return bytes;
  }

  private static boolean hasUnicodeName(ByteBuffer list, int from, int to) {
    int at = from;
    while (at + 4 <= to) {
      if (Short.toUnsignedInt(list.getShort(at)) == UNICODE_NAME) {
        return true;
      }
      at += 4 + Short.toUnsignedInt(list.getShort(at + 2));
    }
    return false;
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
      // until all is read; a file that became shorter has zeros at its end
    }
    return bytes.clear();
  }
}
