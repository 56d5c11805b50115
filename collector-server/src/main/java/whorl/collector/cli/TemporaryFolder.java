package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder for this command alone, gone with it however it ends, Ctrl-C included. */
final class TemporaryFolder implements AutoCloseable {
  private final Path path;
  private final Thread atExit = new Thread(this::delete, "whorl-temporary");

  private TemporaryFolder(Path path) {
    this.path = path;
  }

  /** Readable by nobody else. */
  static TemporaryFolder open() throws IOException {
    TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory("whorl-"));
    Runtime.getRuntime().addShutdownHook(folder.atExit);
    return folder;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      // it runs, or has run
    }
  }

  private void delete() {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(path);
    } catch (IOException left) {
      // gone already, or somebody holds it: the system's own tidying has to do
    }
  }
}
