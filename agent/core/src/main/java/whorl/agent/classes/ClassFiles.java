package whorl.agent.classes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.CodeSources;

/**
 * Reads class files from the places that the classes' code sources name. Files are read directly;
 * no class loader of the application is called. A place may be an intruder's, so all places
 * together cost a bounded effort.
 */
final class ClassFiles {
  private static final int CLASS_MAX_BYTES = 8 << 20;
  private static final int TOTAL_MAX_BYTES = 64 << 20;

  /** Of compressed jars within jars: a small file can hold more than is read in hours. */
  private static final long INFLATED_MAX_BYTES = 1L << 30;

  private static final int BLOCK_BYTES = 8 << 10;
  private static final String VERSIONS = "META-INF/versions/";

  /** The outcome of a search. */
  enum Outcome {
    FOUND,
    /** The place was read, and the class is not in it. */
    ABSENT,
    /** Unknown: the place cannot be read. */
    UNREADABLE
  }

  /** The class file, if it was found. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Lookup(Outcome outcome, byte @Nullable [] bytes) {
    static final Lookup ABSENT = new Lookup(Outcome.ABSENT, null);
    static final Lookup UNREADABLE = new Lookup(Outcome.UNREADABLE, null);
  }

  private final Map<Class<?>, Lookup> lookups = new HashMap<>();
  private final byte[] block = new byte[BLOCK_BYTES];
  private long readBytes;
  private long inflatedBytes;

  /**
   * Finds the class files of these classes; jars within jars are read once for all classes in them.
   */
  void find(Set<Class<?>> types) throws InterruptedException {
    Map<ClassPlace, Map<String, Class<?>>> byPlace = new HashMap<>();
    for (Class<?> type : types) {
      if (lookups.containsKey(type)) {
        continue;
      }
      if (isInImage(type)) {
        lookups.put(type, fromImage(type));
        continue;
      }
      ClassPlace place = ClassPlace.of(CodeSources.text(type));
      if (place == null) {
        lookups.put(type, Lookup.UNREADABLE);
      } else {
        byPlace.computeIfAbsent(place, at -> new HashMap<>()).put(fileName(type), type);
      }
    }
    for (Map.Entry<ClassPlace, Map<String, Class<?>>> entry : byPlace.entrySet()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Map<String, Lookup> found = find(entry.getKey(), entry.getValue().keySet());
      entry.getValue().forEach((name, type) -> lookups.put(type, found.get(name)));
    }
  }

  /**
   * Finds class files in one place.
   *
   * @param names such as {@code com/shop/View.class}; the result has an entry for each
   */
  Map<String, Lookup> find(ClassPlace place, Set<String> names) {
    Map<String, Lookup> found = new HashMap<>();
    try {
      read(place, names, found);
    } catch (IOException | RuntimeException unreadable) {
      // The remaining names count as unreadable.
    }
    for (String name : names) {
      found.putIfAbsent(name, Lookup.UNREADABLE);
    }
    return found;
  }

  Lookup of(Class<?> type) {
    return lookups.getOrDefault(type, Lookup.UNREADABLE);
  }

  private void read(ClassPlace place, Set<String> names, Map<String, Lookup> into)
      throws IOException {
    if (Files.isDirectory(place.outer())) {
      for (String name : names) {
        Path file = place.outer().resolve(place.folder() + name);
        into.put(
            name,
            Files.isRegularFile(file)
                ? found(Files.newInputStream(file), Files.size(file))
                : Lookup.ABSENT);
      }
      return;
    }
    if (!Files.isRegularFile(place.outer())) {
      // Opening a pipe waits for a writer, perhaps for ever; a code source may name one.
      throw new IOException(place.outer() + " is no regular file");
    }
    String innerName = place.innerJar();
    if (innerName != null && readInner(place, innerName, names, into)) {
      return;
    }
    try (JarFile jar =
        new JarFile(place.outer().toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
      String inner = place.innerJar();
      if (inner == null) {
        for (String name : names) {
          ZipEntry entry = jar.getJarEntry(place.folder() + name);
          into.put(
              name,
              entry == null ? Lookup.ABSENT : found(jar.getInputStream(entry), entry.getSize()));
        }
        return;
      }
      ZipEntry entry = jar.getEntry(inner);
      if (entry == null) {
        throw new IOException("no " + inner);
      }
      try (InputStream in = jar.getInputStream(entry)) {
        scan(in, place.folder(), names, into);
      }
    }
  }

  /**
   * Reads a jar within another if it is stored uncompressed, as in Spring Boot.
   *
   * @return false if it is compressed, and must be read from front to end
   */
  private boolean readInner(
      ClassPlace place, String innerName, Set<String> names, Map<String, Lookup> into)
      throws IOException {
    try (FileChannel file = FileChannel.open(place.outer())) {
      JarDirectory outer = JarDirectory.of(file);
      JarDirectory.Entry innerJar = outer.entries().get(innerName);
      if (innerJar == null) {
        return false;
      }
      JarDirectory inner = outer.inner(innerJar);
      List<String> prefixes = versions(inner);
      for (String className : names) {
        String name = place.folder() + className;
        JarDirectory.Entry entry = null;
        for (int i = 0; entry == null && i < prefixes.size(); i++) {
          entry = inner.entries().get(prefixes.get(i) + name);
        }
        into.put(
            className,
            entry == null ? Lookup.ABSENT : counted(inner.bytes(entry, CLASS_MAX_BYTES)));
      }
      return true;
    } catch (ZipException compressed) {
      return false;
    }
  }

  /** Returns the prefixes under which this JVM finds a class in a jar, first to last. */
  private static List<String> versions(JarDirectory jar) {
    Set<Integer> versions = new TreeSet<>(Comparator.reverseOrder());
    for (String name : jar.entries().keySet()) {
      int end = name.startsWith(VERSIONS) ? name.indexOf('/', VERSIONS.length()) : -1;
      if (end > 0) {
        versions.add(number(name.substring(VERSIONS.length(), end)));
      }
    }
    List<String> prefixes = new ArrayList<>();
    for (int version : versions) {
      if (version <= Runtime.version().feature()) {
        prefixes.add(VERSIONS + version + "/");
      }
    }
    prefixes.add("");
    return prefixes;
  }

  /** Reads a jar from front to end, because it is compressed within another one. */
  private void scan(InputStream in, String folder, Set<String> names, Map<String, Lookup> into)
      throws IOException {
    Map<String, Integer> versions = new HashMap<>();
    // Not closed: that would close the jar's stream, which belongs to the caller.
    ZipInputStream zip = new ZipInputStream(new Inflated(in));
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      String name = entry.getName();
      int version = 0;
      if (name.startsWith(VERSIONS)) {
        int end = name.indexOf('/', VERSIONS.length());
        version = end < 0 ? 0 : number(name.substring(VERSIONS.length(), end));
        name = end < 0 ? name : name.substring(end + 1);
      }
      String className = name.startsWith(folder) ? name.substring(folder.length()) : "";
      if (names.contains(className)
          && version <= Runtime.version().feature()
          && version >= versions.getOrDefault(className, 0)) {
        versions.put(className, version);
        long before = readBytes;
        into.put(className, limited(zip));
        inflated(readBytes - before);
      }
      skipRest(zip);
    }
    for (String className : names) {
      into.putIfAbsent(className, Lookup.ABSENT);
    }
  }

  private void skipRest(InputStream entry) throws IOException {
    for (int read = entry.read(block); read >= 0; read = entry.read(block)) {
      inflated(read);
    }
  }

  private void inflated(long bytes) throws IOException {
    inflatedBytes += bytes;
    if (inflatedBytes > INFLATED_MAX_BYTES) {
      throw new IOException("more came out of compressed jars than is read");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while a compressed jar was read");
    }
  }

  /** A jar that is decompressed; what comes out of its own entries is counted apart. */
  private final class Inflated extends FilterInputStream {
    Inflated(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      int read = super.read(into, offset, count);
      inflated(Math.max(0, read));
      return read;
    }
  }

  private Lookup found(InputStream in, long size) throws IOException {
    try (in) {
      return size > CLASS_MAX_BYTES ? Lookup.UNREADABLE : limited(in);
    }
  }

  private Lookup limited(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(CLASS_MAX_BYTES + 1);
    return counted(bytes.length > CLASS_MAX_BYTES ? null : bytes);
  }

  private Lookup counted(byte @Nullable [] bytes) {
    readBytes += bytes == null ? CLASS_MAX_BYTES : bytes.length;
    return bytes == null || readBytes > TOTAL_MAX_BYTES
        ? Lookup.UNREADABLE
        : new Lookup(Outcome.FOUND, bytes);
  }

  private static boolean isInImage(Class<?> type) {
    String source = CodeSources.text(type);
    return type.getModule().isNamed()
        && type.getModule().getLayer() == ModuleLayer.boot()
        && (source == null || source.startsWith("jrt:"));
  }

  private static Lookup fromImage(Class<?> type) {
    try (InputStream in = type.getModule().getResourceAsStream(fileName(type))) {
      return in == null ? Lookup.ABSENT : new Lookup(Outcome.FOUND, in.readAllBytes());
    } catch (IOException | RuntimeException unreadable) {
      return Lookup.UNREADABLE;
    }
  }

  private static String fileName(Class<?> type) {
    return type.getName().replace('.', '/') + ".class";
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException none) {
      return Integer.MAX_VALUE;
    }
  }
}
