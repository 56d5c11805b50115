package whorl.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The jars that the modules of {@code agent/test-apps} copy, each module's for one class path. */
final class TestLibraries {
  private TestLibraries() {}

  /** The jars of this module, in the order of their names. */
  static List<String> jars(String module) throws IOException {
    try (Stream<Path> jars = Files.list(folder(module))) {
      return jars.map(Path::toString).sorted().toList();
    }
  }

  /**
   * The folder that holds them.
   *
   * @throws IllegalStateException if the module was not built
   */
  static Path folder(String module) {
    Path folder = Path.of("../test-apps", module, "target/libraries").toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException(
          "no folder " + folder + "; run mvn -pl agent/dist -am pre-integration-test -DskipTests");
    }
    return folder;
  }
}
