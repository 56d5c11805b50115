package whorl.collector.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for this command only; deleted at its end, also after Ctrl-C. */
public final class TemporaryFolder implements AutoCloseable {
  private final Path path;
  private final Thread atExit = new Thread(this::delete, "whorl-temporary");

  private TemporaryFolder(Path path) {
    this.path = path;
  }

  /** Opens a folder that only its owner can read; its name has the number of this process. */
  public static TemporaryFolder open() throws IOException {
    String prefix = "whorl-" + ProcessHandle.current().pid() + "-";
    TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(prefix));
    Runtime.getRuntime().addShutdownHook(folder.atExit);
    return folder;
  }

  public Path path() {
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
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException notDeleted) {
      // already deleted, or in use: the operating system's cleanup removes it
    }
  }
}
