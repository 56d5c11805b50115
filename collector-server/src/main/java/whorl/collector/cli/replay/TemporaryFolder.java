package whorl.collector.cli.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder for this command only; deleted at its end, also after Ctrl-C. */
final class TemporaryFolder implements AutoCloseable {
  private final Path path;
  private final Thread atExit = new Thread(this::delete, "whorl-temporary");

  private TemporaryFolder(Path path) {
    this.path = path;
  }

  /** Opens a folder that only its owner can read. */
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
      // the hook runs or has run
    }
  }

  private void delete() {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(path);
    } catch (IOException notDeleted) {
      // already deleted, or in use: the operating system's cleanup removes it
    }
  }
}
