package whorl.boot;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The archive of the agent's classes, mapped into memory as part of the agent's jar. Later reads
 * take no lock and call no file operation of the JDK. Both matter: JFR instruments the JDK's file
 * operations while the application runs, and a class loader that reads a file under a lock can then
 * wait for an application's thread that waits for the same lock.
 *
 * <pre>
 *   table      int[]   open addressing; offsets of central directory headers, 0 is free
 *   header     46 bytes, then the entry's name (APPNOTE.TXT 4.3.12)
 * </pre>
 *
 * <p>Any thread may read. If a mapped file was shortened, the JDK throws an {@link InternalError}
 * for reads beyond its end. From compiled code the error comes late, possibly after this class has
 * returned, in unrelated code of the thread. So the file's length is checked before each read.
 */
final class MappedJar {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int COMMENT_MAX_BYTES = 0xffff;
  private static final int HEADER_SIGNATURE = 0x02014b50;
  private static final int HEADER_BYTES = 46;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int ENDING_CHARS = ".class".length();
  private static final int HASHED_CHARS = 16;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  private final File file;

  /** Kept open: the name may refer to another file by now. */
  private final RandomAccessFile opened;

  private final long length;
  private final ByteBuffer map;
  private final int directoryStart;
  private final int directoryEnd;
  private final int[] table;

  private MappedJar(File file, RandomAccessFile opened, long length, ByteBuffer map)
      throws IOException {
    this.file = file;
    this.opened = opened;
    this.length = length;
    this.map = map.order(ByteOrder.LITTLE_ENDIAN);
    int end = end();
    int entries = map.getShort(end + 10) & 0xffff;
    directoryStart = map.getInt(end + 16);
    directoryEnd = directoryStart + map.getInt(end + 12);
    if (directoryStart < 0 || directoryEnd > end || directoryEnd < directoryStart) {
      throw broken("its directory lies outside of the file");
    }
    table = new int[Integer.highestOneBit(Math.max(1, entries)) << 2];
    index(entries);
  }

  /** Maps a whole jar. */
  static MappedJar of(File file) throws IOException {
    RandomAccessFile opened = new RandomAccessFile(file, "r");
    try {
      long length = opened.length();
      ByteBuffer map = opened.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, length);
      return new MappedJar(file, opened, length, map);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * The archive in an entry of this one.
   *
   * @throws IOException if there is none, or it is compressed
   */
  MappedJar nested(String name) throws IOException {
    int header = find(name);
    if (header == 0) {
      throw broken("it lacks " + name);
    }
    if ((map.getShort(header + 10) & 0xffff) != STORED) {
      throw broken(name + " is compressed");
    }
    ByteBuffer nested = map.duplicate();
    int start = start(header);
    // through Buffer, for the return types of Java 8
    ((java.nio.Buffer) nested).limit(start + map.getInt(header + 24));
    ((java.nio.Buffer) nested).position(start);
    return new MappedJar(file, opened, length, nested.slice());
  }

  /**
   * The entry's content.
   *
   * @return null if there is no entry of this name
   * @throws IOException if the entry cannot be read
   */
  byte @Nullable [] read(String name) throws IOException {
    checkLength();
    try {
      int header = find(name);
      return header == 0 ? null : content(header, name);
    } catch (InternalError | IndexOutOfBoundsException changed) {
      throw new IOException(file + " changed while it was in use: " + changed.getMessage());
    }
  }

  /**
   * True if there is an entry of this name.
   *
   * @throws IOException if the jar can no longer be read
   */
  boolean has(String name) throws IOException {
    checkLength();
    return find(name) != 0;
  }

  private void checkLength() throws IOException {
    if (opened.length() < length) {
      throw new IOException(file + " changed while it was in use: it was shortened");
    }
  }

  private int find(String name) {
    byte[] wanted = name.getBytes(StandardCharsets.ISO_8859_1);
    int place = place(wanted, 0, wanted.length);
    int header = table[place];
    while (header != 0 && !isNamed(header, wanted)) {
      place = (place + 1) & (table.length - 1);
      header = table[place];
    }
    return header;
  }

  private void index(int entries) throws IOException {
    byte[] directory = bytes(directoryStart, directoryEnd - directoryStart);
    int at = 0;
    for (int i = 0; i < entries; i++) {
      if (at + HEADER_BYTES > directory.length || intAt(directory, at) != HEADER_SIGNATURE) {
        throw broken("its directory is damaged");
      }
      int place = place(directory, at + HEADER_BYTES, unsignedShort(directory, at + 28));
      while (table[place] != 0) {
        place = (place + 1) & (table.length - 1);
      }
      table[place] = directoryStart + at;
      at += headerBytes(directory, at);
    }
  }

  /**
   * The first slot to search for a name. Hashes few of its bytes, because this runs thousands of
   * times before anything is compiled: entries differ most before their ending.
   */
  private int place(byte[] bytes, int from, int length) {
    int hash = length;
    int end = from + length - Math.min(length, ENDING_CHARS);
    for (int i = Math.max(from, end - HASHED_CHARS); i < end; i++) {
      hash = hash * 31 + bytes[i];
    }
    return (hash ^ hash >>> 15) & (table.length - 1);
  }

  private boolean isNamed(int header, byte[] name) {
    int length = map.getShort(header + 28) & 0xffff;
    return length == name.length
        && startsWith(bytes(header + HEADER_BYTES, length), 0, length, name);
  }

  private static boolean startsWith(byte[] bytes, int from, int length, byte[] prefix) {
    if (length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[from + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private byte[] content(int header, String name) throws IOException {
    int method = map.getShort(header + 10) & 0xffff;
    byte[] packed = new byte[map.getInt(header + 20)];
    byte[] content = new byte[map.getInt(header + 24)];
    copy(start(header), packed);
    if (method == STORED) {
      return packed;
    }
    if (method != DEFLATED) {
      throw broken(name + " is compressed by method " + method);
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed);
      int filled = 0;
      while (filled < content.length) {
        int more = inflater.inflate(content, filled, content.length - filled);
        if (more == 0) {
          throw new EOFException(file + ": " + name + " ends too early");
        }
        filled += more;
      }
      return content;
    } catch (DataFormatException e) {
      throw broken(name + ": " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  /** The offset of an entry's content. */
  private int start(int header) {
    int local = map.getInt(header + 42);
    return local
        + LOCAL_HEADER_BYTES
        + (map.getShort(local + 26) & 0xffff)
        + (map.getShort(local + 28) & 0xffff);
  }

  /** The offset of the end record; a comment may follow it. */
  private int end() throws IOException {
    int last = map.limit() - END_BYTES;
    for (int at = last; at >= 0 && at >= last - COMMENT_MAX_BYTES; at--) {
      if (map.getInt(at) == END_SIGNATURE) {
        return at;
      }
    }
    throw broken("it has no directory");
  }

  private byte[] bytes(int from, int length) {
    byte[] bytes = new byte[length];
    copy(from, bytes);
    return bytes;
  }

  /** A duplicate has a position of its own, so threads do not interfere. */
  private void copy(int from, byte[] to) {
    ByteBuffer view = map.duplicate();
    // through Buffer, for the return type of Java 8
    ((java.nio.Buffer) view).position(from);
    view.get(to);
  }

  private static int headerBytes(byte[] directory, int at) {
    return HEADER_BYTES
        + unsignedShort(directory, at + 28)
        + unsignedShort(directory, at + 30)
        + unsignedShort(directory, at + 32);
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
  }

  private static int intAt(byte[] bytes, int at) {
    return unsignedShort(bytes, at) | unsignedShort(bytes, at + 2) << 16;
  }

  private IOException broken(String why) {
    return new IOException(file + " cannot be read as a jar: " + why);
  }
}
