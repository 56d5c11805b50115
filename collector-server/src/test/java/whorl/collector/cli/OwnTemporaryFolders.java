package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folders for temporary files of commands that ran in this JVM, not of tests beside it. */
public final class OwnTemporaryFolders {
  private OwnTemporaryFolders() {}

  /** Those that are still there. */
  public static List<Path> left() throws IOException {
    String prefix = "whorl-" + ProcessHandle.current().pid() + "-";
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
    }
  }
}
