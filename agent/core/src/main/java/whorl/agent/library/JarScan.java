package whorl.agent.library;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.Reason;
import whorl.evidence.Digest;
import whorl.evidence.library.LibraryEntry;

/**
 * Reads one jar and the jars within it. Nothing is opened through a class loader, a URL or {@code
 * ZipFile}, whose caches the application shares. A jar that is stored in another one is read where
 * it is; a compressed one is decompressed as a stream. No jar is held in memory.
 *
 * <p>Hostile jars cost a bounded effort: so many levels, so many entries, and so many bytes that
 * are decompressed. What is not read for that reason is said in the entry's {@code problem}. For
 * one thread.
 */
final class JarScan {
  /** Jars within jars within jars within a file. */
  static final int DEPTH_MAX = 3;

  static final long FILE_MAX_BYTES = 2L << 30;
  private static final long INFLATED_MAX_BYTES = 512L << 20;
  private static final long INFLATED_FREE_BYTES = 16L << 20;

  /** Class files become two or three times as large; no jar becomes this many times as large. */
  private static final int INFLATED_RATIO = 50;

  private static final int BUFFER_BYTES = 32 << 10;

  private final Pace pace;
  private final int entriesMax;
  private final List<LibraryEntry> entries = new ArrayList<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long inflatedLeft;
  private int omitted;
  private @Nullable String classPath;

  /**
   * @param entriesMax the most libraries that are listed
   */
  JarScan(Pace pace, int entriesMax) {
    this.pace = pace;
    this.entriesMax = entriesMax;
  }

  /**
   * What a file holds.
   *
   * @param entries the file's own first, then what is within it
   * @param omitted how many more there are
   * @param classPath the header of its manifest; null if there is none
   */
  record Scanned(List<LibraryEntry> entries, int omitted, @Nullable String classPath) {}

  /**
   * Reads the file.
   *
   * @return null if it is a file, but no jar
   * @throws InterruptedIOException if the thread was interrupted
   * @throws IOException if the file cannot be read
   */
  @Nullable Scanned read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      Region whole = new Region(channel, 0, size, pace);
      inflatedLeft = Math.min(INFLATED_MAX_BYTES, INFLATED_FREE_BYTES + size * INFLATED_RATIO);
      if (!isZip(whole) && !file.toString().endsWith(".jar")) {
        return null;
      }
      if (size > FILE_MAX_BYTES) {
        add(
            new JarDescription()
                .entries(file.toString(), null, size, "larger than 2 GiB, so it was not read"));
      } else {
        region(whole, file.toString(), 0);
      }
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted() && !(e instanceof InterruptedIOException)) {
        throw new InterruptedIOException("interrupted while " + file + " was read");
      }
      throw e;
    }
    return new Scanned(List.copyOf(entries), omitted, classPath);
  }

  /** The first bytes of a zip; a script may precede it. */
  private static boolean isZip(Region file) throws IOException {
    byte[] first = file.bytes(0, 2);
    return first.length == 2
        && (first[0] == 'P' && first[1] == 'K' || first[0] == '#' && first[1] == '!');
  }

  private void add(List<LibraryEntry> found) {
    for (LibraryEntry entry : found) {
      if (entries.size() < entriesMax) {
        entries.add(entry);
      } else {
        omitted++;
      }
    }
  }

  /** A jar that is readable at any position. */
  private void region(Region jar, String path, int depth) throws IOException {
    Digest sha256 = digest(jar);
    JarDescription description = new JarDescription();
    List<ZipDirectory.Item> nested = new ArrayList<>();
    String problem = null;
    ZipDirectory directory = null;
    try {
      directory = ZipDirectory.of(jar);
      List<ZipDirectory.Item> parts = new ArrayList<>();
      directory.forEach(
          item -> {
            switch (JarDescription.part(item.name())) {
              case MANIFEST, POM -> addBounded(parts, item);
              case NESTED_JAR -> addBounded(nested, item);
              case OTHER -> {}
            }
          });
      for (ZipDirectory.Item item : parts) {
        describe(description, directory, item);
      }
    } catch (IOException | RuntimeException e) {
      problem = notWhole(e);
    }
    if (depth == 0) {
      classPath = description.headers().get("Class-Path");
    }
    if (problem == null && !nested.isEmpty() && depth == DEPTH_MAX) {
      problem = tooDeep(nested.size());
    }
    add(description.entries(path, sha256, jar.length(), problem));
    if (directory != null && depth < DEPTH_MAX) {
      for (ZipDirectory.Item item : nested) {
        nested(directory, item, path + "!/" + item.name(), depth + 1);
      }
    }
  }

  private void addBounded(List<ZipDirectory.Item> items, ZipDirectory.Item item) {
    if (items.size() < entriesMax) {
      items.add(item);
    } else {
      omitted++;
    }
  }

  private void describe(JarDescription description, ZipDirectory directory, ZipDirectory.Item item)
      throws IOException {
    boolean manifest = JarDescription.part(item.name()) == JarDescription.Part.MANIFEST;
    try (InputStream in = directory.open(item)) {
      describe(description, manifest, in);
    }
  }

  /** Counts what it reads: a jar may list as many manifests as it has room for. */
  private void describe(JarDescription description, boolean manifest, InputStream in)
      throws IOException {
    byte[] content =
        in.readNBytes(manifest ? ManifestHeaders.MAX_BYTES : JarDescription.POM_MAX_BYTES);
    inflated(content.length);
    if (manifest) {
      description.manifest(content);
    } else {
      description.pom(content);
    }
  }

  private void nested(ZipDirectory directory, ZipDirectory.Item item, String path, int depth)
      throws IOException {
    if (entries.size() >= entriesMax) {
      omitted++;
      return;
    }
    int before = entries.size();
    try {
      if (item.isStored()) {
        region(directory.raw(item), path, depth);
        return;
      }
      try (InputStream in = directory.open(item)) {
        stream(in, path, depth);
      }
    } catch (IOException | RuntimeException e) {
      String problem = notWhole(e);
      if (entries.size() == before) {
        add(new JarDescription().entries(path, null, 0, problem));
      }
    }
  }

  /** A jar that comes from front to end, because it is compressed. */
  private void stream(InputStream jar, String path, int depth) throws IOException {
    Counted counted = new Counted(jar);
    JarDescription description = new JarDescription();
    String problem = null;
    int nested = 0;
    try (ZipInputStream zip = new ZipInputStream(counted)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        JarDescription.Part part = JarDescription.part(entry.getName());
        if (part == JarDescription.Part.MANIFEST || part == JarDescription.Part.POM) {
          describe(description, part == JarDescription.Part.MANIFEST, zip);
        } else if (part == JarDescription.Part.NESTED_JAR) {
          nested++;
          if (depth < DEPTH_MAX && entries.size() < entriesMax) {
            stream(zip, path + "!/" + entry.getName(), depth + 1);
          }
        }
        drain(zip, true);
      }
      if (counted.bytes == 0) {
        problem = "it is empty";
      } else if (depth == DEPTH_MAX && nested > 0) {
        problem = tooDeep(nested);
      }
    } catch (IOException | RuntimeException e) {
      problem = notWhole(e);
    }
    Digest sha256 = null;
    try {
      drain(counted, false);
      sha256 = Digest.of(counted.sha256);
    } catch (IOException e) {
      problem = notWhole(e);
    }
    add(description.entries(path, sha256, sha256 == null ? 0 : counted.bytes, problem));
  }

  /**
   * Reads to the end.
   *
   * @param count true if the bytes were decompressed and are not counted elsewhere
   */
  private void drain(InputStream in, boolean count) throws IOException {
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      if (count) {
        inflated(read);
      }
    }
  }

  private void inflated(int bytes) throws IOException {
    inflatedLeft -= bytes;
    if (inflatedLeft < 0) {
      throw new ZipException("more came out of the compressed jars than is read of one file");
    }
    pace.worked(bytes);
  }

  private Digest digest(Region jar) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    InputStream in = jar.stream();
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      sha256.update(buffer, 0, read);
    }
    return Digest.of(sha256);
  }

  private static String tooDeep(int jars) {
    return "the " + jars + " jars within it are not listed: more than " + DEPTH_MAX + " levels";
  }

  /** The reason why a jar was not read to its end; an interruption passes. */
  private static String notWhole(Exception e) throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while jars were read");
    }
    return "not read to its end: " + Reason.of(e);
  }

  /** Counts and hashes a jar that is decompressed. */
  private final class Counted extends FilterInputStream {
    private final MessageDigest sha256 = Digest.newSha256();
    private long bytes;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      int read = super.read(into, offset, count);
      if (read > 0) {
        bytes += read;
        sha256.update(into, offset, read);
        inflated(read);
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      // What is skipped must be hashed too.
      int read = read(new byte[(int) Math.min(count, 512)], 0, (int) Math.min(count, 512));
      return Math.max(0, read);
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public void close() {
      // The jar around it is still read.
    }
  }
}
