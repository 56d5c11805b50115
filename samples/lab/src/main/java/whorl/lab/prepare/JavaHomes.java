package whorl.lab.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the JDKs on which the applications run. */
public final class JavaHomes {
  private static final Path JVMS = Path.of("/usr/lib/jvm");

  private JavaHomes() {}

  /**
   * The JDK of this version.
   *
   * @throws IOException with the remedy when there is none
   */
  public static Path of(int version) throws IOException {
    String told = System.getenv("LAB_JAVA_" + version);
    if (told != null) {
      return Path.of(told);
    }
    if (Files.isDirectory(JVMS)) {
      try (Stream<Path> homes = Files.list(JVMS)) {
        List<Path> found = homes.sorted().filter(home -> is(home, version)).toList();
        if (!found.isEmpty()) {
          return found.get(0).toRealPath();
        }
      }
    }
    throw new IOException(
        "no JDK " + version + " in " + JVMS + "; install one, or set LAB_JAVA_" + version);
  }

  private static boolean is(Path home, int version) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
      return false;
    }
    try {
      return Files.readString(release).contains("JAVA_VERSION=\"" + version);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
