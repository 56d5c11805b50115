package whorl.agent.classes;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the directory of a jar, also of one stored uncompressed within another, as class loaders
 * do: without reading the content of other entries. The format is in PKWARE's APPNOTE.TXT; the
 * parts used here, with offsets, little-endian:
 *
 * <pre>
 * local header     0 "PK\3\4"   26 length of name  28 of extra  30 name, extra, content
 * central header   0 "PK\1\2"   10 method  20 compressed size  24 size  28 length of name
 *                 30 of extra   32 of comment  42 offset of local header  46 name, extra, comment
 * end              0 "PK\5\6"   10 entries  12 size of central headers  16 their offset
 *                 20 length of comment  22 comment
 * </pre>
 *
 * <p>Zip64 is not supported. For one thread.
 */
final class JarDirectory {
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int COMMENT_MAX_BYTES = 0xffff;
  private static final long HEADERS_MAX_BYTES = 32 << 20;

  private final FileChannel file;
  private final Map<String, Entry> entries = new HashMap<>();

  /**
   * @param header offset of its local header in the file
   * @param compressed and {@code size}, in bytes; {@code method} as in {@link ZipEntry}
   */
  record Entry(long header, long compressed, long size, int method) {}

  private JarDirectory(FileChannel file) {
    this.file = file;
  }

  /** Reads a file that is a jar. */
  static JarDirectory of(FileChannel file) throws IOException {
    return read(file, 0, file.size());
  }

  /**
   * Reads a jar within this one.
   *
   * @throws ZipException if it is compressed
   */
  JarDirectory inner(Entry jar) throws IOException {
    if (jar.method != ZipEntry.STORED) {
      throw new ZipException("the inner jar is compressed");
    }
    return read(file, content(jar), jar.compressed);
  }

  /** Returns the entries by path; of two with the same name the last, as in the JDK. */
  Map<String, Entry> entries() {
    return entries;
  }

  /** Returns the content; null if it is longer than {@code maxBytes}. */
  byte @Nullable [] bytes(Entry entry, int maxBytes) throws IOException {
    if (entry.size > maxBytes || entry.compressed > maxBytes) {
      return null;
    }
    // One byte more, which Inflater needs if there is no zlib header.
    byte[] packed = new byte[(int) entry.compressed + 1];
    fill(file, ByteBuffer.wrap(packed, 0, (int) entry.compressed), content(entry));
    if (entry.method == ZipEntry.STORED) {
      return Arrays.copyOf(packed, (int) entry.compressed);
    }
    if (entry.method != ZipEntry.DEFLATED) {
      throw new ZipException("method " + entry.method + " is not known");
    }
    byte[] bytes = new byte[(int) entry.size];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed);
      int filled = 0;
      int more = 1;
      while (filled < bytes.length && more > 0) {
        more = inflater.inflate(bytes, filled, bytes.length - filled);
        filled += more;
      }
      if (filled < bytes.length) {
        throw new ZipException("the content ends at " + filled + " of " + bytes.length + " bytes");
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new ZipException(String.valueOf(e.getMessage()));
    } finally {
      inflater.end();
    }
  }

  private static JarDirectory read(FileChannel file, long start, long length) throws IOException {
    int tailBytes = (int) Math.min(length, END_BYTES + COMMENT_MAX_BYTES);
    ByteBuffer tail = get(file, start + length - tailBytes, tailBytes);
    int end = tailBytes - END_BYTES;
    while (end >= 0
        && (tail.getInt(end) != END || unsigned(tail, end + 20) != tailBytes - END_BYTES - end)) {
      end--;
    }
    if (end < 0) {
      throw new ZipException("no end of the central directory");
    }
    long size = Integer.toUnsignedLong(tail.getInt(end + 12));
    long offset = Integer.toUnsignedLong(tail.getInt(end + 16));
    long headers = start + length - tailBytes + end - size;
    // Offsets do not count what precedes the jar, such as a script.
    long base = headers - offset;
    if (size > HEADERS_MAX_BYTES || base < start) {
      throw new ZipException("zip64, or no jar");
    }
    JarDirectory directory = new JarDirectory(file);
    directory.addEntries(get(file, headers, (int) size), base);
    return directory;
  }

  private void addEntries(ByteBuffer headers, long base) throws ZipException {
    int at = 0;
    while (at + CENTRAL_BYTES <= headers.limit()) {
      int nameBytes = unsigned(headers, at + 28);
      int next =
          at + CENTRAL_BYTES + nameBytes + unsigned(headers, at + 30) + unsigned(headers, at + 32);
      if (headers.getInt(at) != CENTRAL || next > headers.limit()) {
        throw new ZipException("a broken central header");
      }
      String name =
          new String(headers.array(), at + CENTRAL_BYTES, nameBytes, StandardCharsets.UTF_8);
      entries.put(
          name,
          new Entry(
              base + Integer.toUnsignedLong(headers.getInt(at + 42)),
              Integer.toUnsignedLong(headers.getInt(at + 20)),
              Integer.toUnsignedLong(headers.getInt(at + 24)),
              unsigned(headers, at + 10)));
      at = next;
    }
  }

  private long content(Entry entry) throws IOException {
    ByteBuffer header = get(file, entry.header, LOCAL_BYTES);
    if (header.getInt(0) != LOCAL) {
      throw new ZipException("a broken local header");
    }
    return entry.header + LOCAL_BYTES + unsigned(header, 26) + unsigned(header, 28);
  }

  private static int unsigned(ByteBuffer from, int at) {
    return Short.toUnsignedInt(from.getShort(at));
  }

  private static ByteBuffer get(FileChannel file, long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fill(file, buffer, position);
    return buffer;
  }

  private static void fill(FileChannel file, ByteBuffer buffer, long position) throws IOException {
    int start = buffer.position();
    while (buffer.hasRemaining()) {
      if (file.read(buffer, position + buffer.position() - start) < 0) {
        throw new EOFException("the jar ends before what it lists");
      }
    }
  }
}
