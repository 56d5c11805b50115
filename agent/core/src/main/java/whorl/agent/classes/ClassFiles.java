package whorl.agent.classes;

import java.io.IOException;
import java.io.InputStream;
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
import whorl.agent.capture.CodeSources;

/**
 * Class files as they lie in the places that the classes say they came from. Files are read
 * directly: no class loader of the application's is asked.
 */
final class ClassFiles {
  private static final int ONE_MAX_BYTES = 8 << 20;
  private static final int ALL_MAX_BYTES = 64 << 20;
  private static final String VERSIONS = "META-INF/versions/";

  /** What became of a search. */
  enum Outcome {
    FOUND,
    /** The place is there and was read, and the class is not in it. */
    ABSENT,
    /** Nobody can say. */
    UNREADABLE
  }

  /** The class file, if it was found. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Looked(Outcome outcome, byte @Nullable [] bytes) {
    static final Looked ABSENT = new Looked(Outcome.ABSENT, null);
    static final Looked UNREADABLE = new Looked(Outcome.UNREADABLE, null);
  }

  private final Map<Class<?>, Looked> looked = new HashMap<>();
  private long readBytes;

  /** Looks for all of these; jars within jars are read once for all that are in them. */
  void look(Set<Class<?>> types) throws InterruptedException {
    Map<ClassPlace, Map<String, Class<?>>> byPlace = new HashMap<>();
    for (Class<?> type : types) {
      if (looked.containsKey(type)) {
        continue;
      }
      if (isOfTheImage(type)) {
        looked.put(type, fromImage(type));
        continue;
      }
      ClassPlace place = ClassPlace.of(CodeSources.text(type));
      if (place == null) {
        looked.put(type, Looked.UNREADABLE);
      } else {
        byPlace.computeIfAbsent(place, at -> new HashMap<>()).put(fileName(type), type);
      }
    }
    for (Map.Entry<ClassPlace, Map<String, Class<?>>> entry : byPlace.entrySet()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Map<String, Looked> found = look(entry.getKey(), entry.getValue().keySet());
      entry.getValue().forEach((name, type) -> looked.put(type, found.get(name)));
    }
  }

  /**
   * Looks for class files in one place.
   *
   * @param names such as {@code com/shop/View.class}; each gets its answer
   */
  Map<String, Looked> look(ClassPlace place, Set<String> names) {
    Map<String, Looked> found = new HashMap<>();
    try {
      read(place, names, found);
    } catch (IOException | RuntimeException unreadable) {
      // The rest has no answer.
    }
    for (String name : names) {
      found.putIfAbsent(name, Looked.UNREADABLE);
    }
    return found;
  }

  Looked of(Class<?> type) {
    return looked.getOrDefault(type, Looked.UNREADABLE);
  }

  private void read(ClassPlace place, Set<String> names, Map<String, Looked> into)
      throws IOException {
    if (Files.isDirectory(place.outer())) {
      for (String name : names) {
        Path file = place.outer().resolve(place.folder() + name);
        into.put(
            name,
            Files.isRegularFile(file)
                ? found(Files.newInputStream(file), Files.size(file))
                : Looked.ABSENT);
      }
      return;
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
              entry == null ? Looked.ABSENT : found(jar.getInputStream(entry), entry.getSize()));
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
   * Looks into a jar within another, where it lies uncompressed, as Spring Boot has it.
   *
   * @return false when it does not, and has to be read from front to end
   */
  private boolean readInner(
      ClassPlace place, String innerName, Set<String> names, Map<String, Looked> into)
      throws IOException {
    try (FileChannel file = FileChannel.open(place.outer())) {
      JarDirectory outer = JarDirectory.of(file);
      JarDirectory.Entry innerJar = outer.entries().get(innerName);
      if (innerJar == null) {
        return false;
      }
      JarDirectory inner = outer.inner(innerJar);
      List<String> prefixes = versions(inner);
      for (String each : names) {
        String name = place.folder() + each;
        JarDirectory.Entry entry = null;
        for (int i = 0; entry == null && i < prefixes.size(); i++) {
          entry = inner.entries().get(prefixes.get(i) + name);
        }
        into.put(each, entry == null ? Looked.ABSENT : counted(inner.bytes(entry, ONE_MAX_BYTES)));
      }
      return true;
    } catch (ZipException another) {
      return false;
    }
  }

  /** Where this JVM looks for a class of a jar, first to last. */
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

  /** Reads a jar from front to end, since it is compressed within another one. */
  private void scan(InputStream in, String folder, Set<String> names, Map<String, Looked> into)
      throws IOException {
    Map<String, Integer> versions = new HashMap<>();
    // Not closed: that would close the jar's stream, which is the caller's.
    ZipInputStream zip = new ZipInputStream(in);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      String name = entry.getName();
      int version = 0;
      if (name.startsWith(VERSIONS)) {
        int end = name.indexOf('/', VERSIONS.length());
        version = end < 0 ? 0 : number(name.substring(VERSIONS.length(), end));
        name = end < 0 ? name : name.substring(end + 1);
      }
      String each = name.startsWith(folder) ? name.substring(folder.length()) : "";
      if (names.contains(each)
          && version <= Runtime.version().feature()
          && version >= versions.getOrDefault(each, 0)) {
        versions.put(each, version);
        into.put(each, limited(zip));
      }
    }
    for (String each : names) {
      into.putIfAbsent(each, Looked.ABSENT);
    }
  }

  private Looked found(InputStream in, long size) throws IOException {
    try (in) {
      return size > ONE_MAX_BYTES ? Looked.UNREADABLE : limited(in);
    }
  }

  private Looked limited(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(ONE_MAX_BYTES + 1);
    return counted(bytes.length > ONE_MAX_BYTES ? null : bytes);
  }

  private Looked counted(byte @Nullable [] bytes) {
    readBytes += bytes == null ? ONE_MAX_BYTES : bytes.length;
    return bytes == null || readBytes > ALL_MAX_BYTES
        ? Looked.UNREADABLE
        : new Looked(Outcome.FOUND, bytes);
  }

  private static boolean isOfTheImage(Class<?> type) {
    String source = CodeSources.text(type);
    return type.getModule().isNamed()
        && type.getModule().getLayer() == ModuleLayer.boot()
        && (source == null || source.startsWith("jrt:"));
  }

  private static Looked fromImage(Class<?> type) {
    try (InputStream in = type.getModule().getResourceAsStream(fileName(type))) {
      return in == null ? Looked.ABSENT : new Looked(Outcome.FOUND, in.readAllBytes());
    } catch (IOException | RuntimeException unreadable) {
      return Looked.UNREADABLE;
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
