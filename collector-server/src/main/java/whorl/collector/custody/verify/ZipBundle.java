package whorl.collector.custody.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Enumeration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The files in a zip. Names are compared, never used as paths. */
final class ZipBundle implements Bundle {
  private static final int FILES_MAX = 100_000;

  private final ZipFile zip;
  private final SortedSet<String> names = new TreeSet<>();

  ZipBundle(ZipFile zip) throws IOException {
    this.zip = zip;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (names.size() == FILES_MAX) {
        throw new IOException(zip.getName() + " holds more than " + FILES_MAX + " files");
      }
      if (!entry.isDirectory() && !names.add(entry.getName())) {
        throw new IOException(zip.getName() + " holds two files named " + entry.getName());
      }
    }
  }

  @Override
  public SortedSet<String> names() {
    return names;
  }

  @Override
  public InputStream open(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new NoSuchFileException(name);
    }
    return zip.getInputStream(entry);
  }
}
