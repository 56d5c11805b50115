package whorl.collector.custody.verify;

import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The files in a zip. Names are compared, never used as paths. */
final class ZipBundle implements Bundle {
  private static final int FILES_MAX = 100_000;

  /** More than the best of compression; a zip with more has files that overlap. */
  private static final long RATIO_MAX = 1_100;

  private final ZipFile zip;
  private final SortedSet<String> names = new TreeSet<>();

  ZipBundle(ZipFile zip) throws IOException {
    this.zip = zip;
    long left = RATIO_MAX * (1 + new File(zip.getName()).length());
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (names.size() == FILES_MAX) {
        throw new IOException(zip.getName() + " holds more than " + FILES_MAX + " files");
      }
      if (!entry.isDirectory() && !names.add(entry.getName())) {
        throw new IOException(zip.getName() + " holds two files named " + entry.getName());
      }
      if (entry.getSize() < 0 || entry.getSize() > left) {
        throw new IOException(
            zip.getName() + " has files that overlap: together they are longer than it can hold");
      }
      left -= entry.getSize();
    }
  }

  /**
   * Opens a zip whose list of files is not too long to be read.
   *
   * @throws IOException if it is, or is no zip
   */
  static ZipFile open(Path file) throws IOException {
    ZipDirectory.check(file);
    return new ZipFile(file.toFile());
  }

  /** A file that must not be longer than the zip's list says, whatever its bytes unpack to. */
  private static final class NoLonger extends FilterInputStream {
    private final String name;
    private final long size;
    private long left;

    NoLonger(InputStream in, String name, long size) {
      super(in);
      this.name = name;
      this.size = size;
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      count(Math.max(0, read));
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = in.skip(bytes);
      count(skipped);
      return skipped;
    }

    private void count(long bytes) throws IOException {
      left -= bytes;
      if (left < 0) {
        throw new IOException(name + " is longer than the " + size + " bytes that the zip lists");
      }
    }
  }

  @Override
  public SortedSet<String> names() {
    return names;
  }

  @Override
  public long size(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new NoSuchFileException(name);
    }
    return entry.getSize();
  }

  @Override
  public InputStream open(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new NoSuchFileException(name);
    }
    return new NoLonger(zip.getInputStream(entry), name, entry.getSize());
  }
}
