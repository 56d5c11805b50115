package whorl.agent.library;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/**
 * Walks through the directory of a jar without holding it: a jar may list hundreds of thousands of
 * entries, and only a few of them matter. The format is in PKWARE's APPNOTE.TXT; offsets of the
 * parts used here, little-endian:
 *
 * <pre>
 * local header     0 "PK\3\4"   26 length of name  28 of extra  30 name, extra, content
 * central header   0 "PK\1\2"   10 method  20 compressed size  24 size  28 length of name
 *                 30 of extra   32 of comment  42 offset of local header  46 name, extra, comment
 * end of zip64     0 "PK\6\6"   40 size of central headers  48 their offset          (56 bytes)
 * its locator      0 "PK\6\7"                                                        (20 bytes)
 * end              0 "PK\5\6"   12 size of central headers  16 their offset
 *                 20 length of comment  22 comment
 * </pre>
 *
 * <p>Entries whose sizes are in a zip64 field are passed over: no entry that matters here is that
 * large. For one thread.
 */
final class ZipDirectory {
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;
  private static final int COMMENT_MAX_BYTES = 0xffff;
  private static final int NAME_MAX_BYTES = 1_024;
  private static final int ENTRIES_MAX = 500_000;
  private static final long IN_ZIP64 = 0xffffffffL;

  private final Region jar;
  private final Region headers;

  /** Where offsets of local headers count from: what precedes a jar, such as a script, is not. */
  private final long base;

  /**
   * An entry as the directory lists it.
   *
   * @param header offset of its local header
   */
  record Item(String name, long header, long compressed, int method) {
    boolean isStored() {
      return method == ZipEntry.STORED;
    }
  }

  /** Receives each entry in the order of the directory. */
  @FunctionalInterface
  interface Visitor {
    void visit(Item item) throws IOException;
  }

  private ZipDirectory(Region jar, Region headers, long base) {
    this.jar = jar;
    this.headers = headers;
    this.base = base;
  }

  /**
   * Finds the directory.
   *
   * @throws ZipException if it is no jar
   */
  static ZipDirectory of(Region jar) throws IOException {
    int tailBytes =
        (int) Math.min(jar.length(), END64_BYTES + LOCATOR64_BYTES + END_BYTES + COMMENT_MAX_BYTES);
    byte[] tail = jar.bytes(jar.length() - tailBytes, tailBytes);
    int end = tailBytes - END_BYTES;
    while (end >= 0
        && (int32(tail, end) != END || int16(tail, end + 20) != tailBytes - END_BYTES - end)) {
      end--;
    }
    if (end < 0) {
      throw new ZipException("it is no jar, or it is cut");
    }
    long size = Integer.toUnsignedLong(int32(tail, end + 12));
    long offset = Integer.toUnsignedLong(int32(tail, end + 16));
    int after = end;
    int end64 = end - LOCATOR64_BYTES - END64_BYTES;
    if (end64 >= 0
        && int32(tail, end - LOCATOR64_BYTES) == LOCATOR64
        && int32(tail, end64) == END64) {
      size = int64(tail, end64 + 40);
      offset = int64(tail, end64 + 48);
      after = end64;
    }
    long at = jar.length() - tailBytes + after - size;
    if (size < 0 || offset < 0 || at < 0 || offset > at) {
      throw new ZipException("its directory is not where it says");
    }
    return new ZipDirectory(jar, jar.part(at, size), at - offset);
  }

  /** Visits all entries; those with very long names are left out. */
  void forEach(Visitor visitor) throws IOException {
    InputStream in = headers.stream();
    long left = headers.length();
    byte[] header = new byte[CENTRAL_BYTES];
    for (int count = 0; left >= CENTRAL_BYTES; count++) {
      if (count >= ENTRIES_MAX) {
        throw new ZipException("it lists more than " + ENTRIES_MAX + " entries");
      }
      if (in.readNBytes(header, 0, CENTRAL_BYTES) < CENTRAL_BYTES || int32(header, 0) != CENTRAL) {
        throw new ZipException("its directory is damaged");
      }
      int nameBytes = int16(header, 28);
      int more = int16(header, 30) + int16(header, 32);
      left -= CENTRAL_BYTES + nameBytes + more;
      if (left < 0) {
        throw new ZipException("its directory is damaged");
      }
      if (nameBytes > NAME_MAX_BYTES) {
        in.skipNBytes(nameBytes);
      } else {
        String name = new String(in.readNBytes(nameBytes), StandardCharsets.UTF_8);
        long compressed = Integer.toUnsignedLong(int32(header, 20));
        long local = Integer.toUnsignedLong(int32(header, 42));
        if (compressed != IN_ZIP64 && local != IN_ZIP64) {
          visitor.visit(new Item(name, base + local, compressed, int16(header, 10)));
        }
      }
      in.skipNBytes(more);
    }
  }

  /** The bytes of an entry as they are in the jar: of a stored one its content. */
  Region raw(Item item) throws IOException {
    byte[] local = jar.part(item.header(), LOCAL_BYTES).bytes(0, LOCAL_BYTES);
    if (int32(local, 0) != LOCAL) {
      throw new ZipException("the entry " + item.name() + " is not where the directory says");
    }
    return jar.part(
        item.header() + LOCAL_BYTES + int16(local, 26) + int16(local, 28), item.compressed());
  }

  /**
   * Opens the content of an entry; closing it releases native memory.
   *
   * @throws ZipException if its method is not known
   */
  InputStream open(Item item) throws IOException {
    Region raw = raw(item);
    if (item.isStored()) {
      return raw.stream();
    }
    if (item.method() != ZipEntry.DEFLATED) {
      throw new ZipException("the method " + item.method() + " is not known");
    }
    Inflater inflater = new Inflater(true);
    return new Inflated(raw.stream(), inflater);
  }

  /** Releases the inflater at its end, and gives it the one byte more that it may want there. */
  private static final class Inflated extends InflaterInputStream {
    private boolean padded;

    Inflated(InputStream in, Inflater inflater) {
      super(in, inflater, 8 << 10);
    }

    @Override
    protected void fill() throws IOException {
      try {
        super.fill();
      } catch (EOFException atEnd) {
        if (padded) {
          throw atEnd;
        }
        padded = true;
        buf[0] = 0;
        len = 1;
        inf.setInput(buf, 0, 1);
      }
    }

    @Override
    public void close() throws IOException {
      super.close();
      inf.end();
    }
  }

  private static int int16(byte[] from, int at) {
    return from[at] & 0xff | (from[at + 1] & 0xff) << 8;
  }

  private static int int32(byte[] from, int at) {
    return int16(from, at) | int16(from, at + 2) << 16;
  }

  private static long int64(byte[] from, int at) {
    return Integer.toUnsignedLong(int32(from, at)) | (long) int32(from, at + 4) << 32;
  }
}
