package whorl.agent.library;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.NameSource;

/**
 * Collects what one jar says of itself and of what was packed into it, in whatever order its
 * entries come. For one thread.
 */
final class JarDescription {
  static final int POM_MAX_BYTES = 16 << 10;

  private static final int POMS_MAX = 500;
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final String POM = "/pom.properties";
  private static final String[] POM_FOLDERS = {
    "META-INF/maven/", "BOOT-INF/classes/META-INF/maven/", "WEB-INF/classes/META-INF/maven/"
  };

  private final List<Coordinates> poms = new ArrayList<>();
  private ManifestHeaders headers = ManifestHeaders.NONE;
  private int pomsOmitted;

  /** What an entry of a jar is for its description. */
  enum Part {
    MANIFEST,
    POM,
    NESTED_JAR,
    OTHER
  }

  /** Maven's coordinates of something. */
  private record Coordinates(String group, String name, String version) {}

  /**
   * Name and version of a jar.
   *
   * @param group null if nothing says it
   */
  private record Named(
      @Nullable String group, String name, @Nullable String version, NameSource from) {}

  static Part part(String entry) {
    if (entry.equalsIgnoreCase(MANIFEST)) {
      return Part.MANIFEST;
    }
    if (entry.endsWith(".jar") || entry.endsWith(".war") || entry.endsWith(".rar")) {
      return Part.NESTED_JAR;
    }
    if (entry.endsWith(POM)) {
      for (String folder : POM_FOLDERS) {
        if (entry.startsWith(folder)) {
          return Part.POM;
        }
      }
    }
    return Part.OTHER;
  }

  void manifest(byte[] content) {
    headers = ManifestHeaders.of(content);
  }

  ManifestHeaders headers() {
    return headers;
  }

  void pom(byte[] content) {
    if (poms.size() >= POMS_MAX) {
      pomsOmitted++;
      return;
    }
    Properties properties = new Properties();
    try {
      properties.load(new ByteArrayInputStream(content));
    } catch (IOException | IllegalArgumentException damaged) {
      return; // it names nothing
    }
    String group = text(properties, "groupId");
    String name = text(properties, "artifactId");
    String version = text(properties, "version");
    if (group != null && name != null && version != null) {
      Coordinates coordinates = new Coordinates(group, name, version);
      if (!poms.contains(coordinates)) {
        poms.add(coordinates);
      }
    }
  }

  private static @Nullable String text(Properties properties, String name) {
    String value = properties.getProperty(name);
    return value == null || value.isBlank() || value.startsWith("${") ? null : value.strip();
  }

  /**
   * Returns the jar's own entry first, then what is packed into it.
   *
   * @param path of the jar, as in {@link LibraryEntry#path}
   */
  List<LibraryEntry> entries(
      String path, @Nullable Digest sha256, long size, @Nullable String problem) {
    FileNames file = FileNames.of(path);
    Coordinates own = own(file);
    Named named = own == null ? named(file) : of(own);
    String omitted =
        pomsOmitted == 0 ? problem : "more than " + POMS_MAX + " libraries are packed into it";
    List<LibraryEntry> entries = new ArrayList<>(1 + poms.size());
    entries.add(entry(path, LibraryKind.JAR, named, sha256, size, headers.namesAgent(), omitted));
    for (Coordinates packed : poms) {
      if (!packed.equals(own)) {
        entries.add(entry(path, LibraryKind.PACKED, of(packed), null, 0, false, null));
      }
    }
    return entries;
  }

  private static Named of(Coordinates pom) {
    return new Named(pom.group(), pom.name(), pom.version(), NameSource.POM);
  }

  private static LibraryEntry entry(
      String path,
      LibraryKind kind,
      Named named,
      @Nullable Digest sha256,
      long size,
      boolean agent,
      @Nullable String problem) {
    return new LibraryEntry(
        path,
        kind,
        named.group(),
        named.name(),
        named.version(),
        named.from(),
        sha256,
        size,
        agent,
        problem);
  }

  /**
   * The coordinates of the jar itself: the only ones, or those that its file's name begins with.
   * Null if it has none.
   */
  private @Nullable Coordinates own(FileNames file) {
    Coordinates own = poms.size() == 1 ? poms.get(0) : null;
    for (Coordinates pom : poms) {
      boolean same = file.name().equals(pom.name());
      boolean begins = file.name().startsWith(pom.name() + "-");
      if ((same || begins) && (own == null || pom.name().length() > own.name().length())) {
        own = pom;
      }
    }
    return own;
  }

  private Named named(FileNames file) {
    // Some versions are followed by prose.
    String version =
        first(
            identifier(headers.get("Implementation-Version")),
            identifier(headers.get("Bundle-Version")));
    String group = group(headers.get("Implementation-Vendor-Id"));
    if (version == null) {
      return new Named(group, file.name(), file.version(), NameSource.FILE);
    }
    String title = identifier(headers.get("Implementation-Title"));
    String bundle = identifier(withoutAttributes(headers.get("Bundle-SymbolicName")));
    // A file whose version is the manifest's has the name that people look for.
    String name =
        version.equals(file.version()) ? file.name() : first(first(title, bundle), file.name());
    return new Named(group, name == null ? file.name() : name, version, NameSource.MANIFEST);
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }

  /** Titles are often prose; a name has no blanks. */
  private static @Nullable String identifier(@Nullable String text) {
    return text == null || text.indexOf(' ') >= 0 || text.indexOf(':') >= 0 ? null : text;
  }

  private static @Nullable String group(@Nullable String text) {
    return identifier(text) == null || text == null || text.indexOf('.') < 0 ? null : text;
  }

  private static @Nullable String withoutAttributes(@Nullable String text) {
    int semicolon = text == null ? -1 : text.indexOf(';');
    return text == null || semicolon < 0 ? text : text.substring(0, semicolon).strip();
  }
}
