package whorl.agent.hprof;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** JDKs of this machine; a test of a missing one is skipped. */
final class InstalledJdk {
  private InstalledJdk() {}

  static Path home(int release) throws IOException {
    if (Runtime.version().feature() == release) {
      return Path.of(System.getProperty("java.home"));
    }
    Path homes = Path.of("/usr/lib/jvm");
    assumeThat(homes).describedAs("no folder of JDKs, for one of " + release).isDirectory();
    try (Stream<Path> found = Files.list(homes)) {
      Path home =
          found
              .filter(path -> path.getFileName().toString().matches("[a-z-]+" + release + "\\b.*"))
              .filter(path -> Files.isExecutable(path.resolve("bin/java")))
              .findFirst()
              .orElse(null);
      assumeThat(home).describedAs("no Java " + release + " is installed").isNotNull();
      return home;
    }
  }
}
