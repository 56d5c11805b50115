package whorl.agent.heap;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.environment.WritableFolder;

/**
 * The agent's jar for a reader. If the agent was loaded into the running JVM, its jar has been
 * deleted since, and a class path cannot name a deleted file. Then the reader gets a copy, which is
 * made from the descriptor that this JVM keeps open, and deleted after the dump.
 *
 * @param path of the jar or the copy
 * @param copied true for a copy
 */
record ReaderJar(Path path, boolean copied) implements AutoCloseable {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /**
   * Provides it.
   *
   * @param jar where it was when the agent started
   * @param writable a folder for the copy
   * @throws IOException if it is gone, or there is no room for a copy
   */
  static ReaderJar of(Path jar, Path writable) throws IOException {
    if (Files.exists(jar)) {
      return new ReaderJar(jar, false);
    }
    Path open = descriptor(jar);
    if (open == null) {
      throw new IOException("the agent's jar " + jar + " is gone, and no longer open");
    }
    Path copy = Files.createTempFile(writable, ".whorl-heap", ".jar");
    try {
      Files.copy(open, copy, StandardCopyOption.REPLACE_EXISTING);
      return new ReaderJar(copy, true);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(copy);
      throw e;
    }
  }

  /**
   * The memory of the container that a copy takes; 0 if none is needed, or on a disk.
   *
   * @param writable the folders, the one for the copy first
   */
  static long memoryBytes(Path jar, List<WritableFolder> writable) {
    if (writable.isEmpty() || !writable.get(0).inMemory() || Files.exists(jar)) {
      return 0;
    }
    try {
      Path open = descriptor(jar);
      return open == null ? 0 : Files.size(open);
    } catch (IOException unreadable) {
      // Making the copy will fail for the same reason, and say so.
      return 0;
    }
  }

  private static @Nullable Path descriptor(Path jar) throws IOException {
    String wanted = jar + " (deleted)";
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        if (wanted.equals(target(descriptor))) {
          return descriptor;
        }
      }
    }
    return null;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    if (copied) {
      Files.deleteIfExists(path);
    }
  }
}
