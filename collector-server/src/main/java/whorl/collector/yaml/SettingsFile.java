package whorl.collector.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A file of settings that is read again while the collector runs. A version that is wrong is
 * refused as a whole, and the earlier one stays. Thread-safe.
 *
 * @param <T> what the file says
 */
public final class SettingsFile<T> {
  private final Path file;
  private final Kind<T> kind;
  private final LongAdder failures = new LongAdder();
  private volatile T now;
  private volatile @Nullable String problem;
  private String text;

  private SettingsFile(Path file, Kind<T> kind, String text, T now) {
    this.file = file;
    this.kind = kind;
    this.text = text;
    this.now = now;
  }

  /** Reads the text of a file. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * @throws IOException with every problem and its line
     */
    T read(String text) throws IOException;
  }

  /**
   * A kind of files.
   *
   * @param name for messages, such as {@code access file}
   * @param document says what such a file has to contain
   */
  public record Kind<T>(String name, String document, Reader<T> reader) {}

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, and every problem with its line
   */
  public static <T> SettingsFile<T> open(Path file, Kind<T> kind) throws IOException {
    String text = text(file, kind);
    return new SettingsFile<>(file, kind, text, read(file, kind, text));
  }

  /**
   * Reads the file again; called by one thread.
   *
   * @return true if it has changed
   * @throws IOException if it is wrong or not there; then what it said before stays valid
   */
  public boolean reload() throws IOException {
    try {
      String newest = text(file, kind);
      boolean changed = !newest.equals(text);
      if (changed) {
        now = read(file, kind, newest);
        text = newest;
      }
      problem = null;
      return changed;
    } catch (IOException e) {
      failures.increment();
      problem = e.getMessage() + "; what it said before stays valid";
      throw e;
    }
  }

  /** What the newest valid version says. */
  public T now() {
    return now;
  }

  /** Why the file's newest version is not used, in a sentence; null if it is. */
  public @Nullable String problem() {
    return problem;
  }

  /** How often a version could not be used. */
  public long failures() {
    return failures.sum();
  }

  private static <T> T read(Path file, Kind<T> kind, String text) throws IOException {
    try {
      return kind.reader().read(text);
    } catch (IOException e) {
      throw new IOException(kind.name() + " " + file + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file, Kind<?> kind) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(StrictYaml.MAX_CHARS + 1);
      if (bytes.length > StrictYaml.MAX_CHARS) {
        throw new IOException(kind.name() + " " + file + " is larger than 1 MiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new IOException(
          "no "
              + kind.name()
              + " "
              + file
              + "; "
              + kind.document()
              + " says what it has to contain",
          e);
    } catch (CharacterCodingException e) {
      throw new IOException(kind.name() + " " + file + " is not UTF-8", e);
    }
  }
}
