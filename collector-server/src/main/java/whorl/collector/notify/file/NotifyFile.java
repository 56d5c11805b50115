package whorl.collector.notify.file;

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
 * The file that names notifications. A new version applies within seconds; a version that is wrong
 * is refused as a whole, and the earlier one stays. Thread-safe.
 */
public final class NotifyFile {
  private final Path file;
  private final LongAdder failures = new LongAdder();
  private volatile Notifications notifications;
  private volatile @Nullable String problem;
  private String text;

  private NotifyFile(Path file, String text, Notifications notifications) {
    this.file = file;
    this.text = text;
    this.notifications = notifications;
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, and every problem with its line
   */
  public static NotifyFile open(Path file) throws IOException {
    String text = text(file);
    return new NotifyFile(file, text, read(file, text));
  }

  /**
   * Reads the file again; called by one thread.
   *
   * @return true if it has changed
   * @throws IOException if it is wrong or not there; then what it said before stays valid
   */
  public boolean reload() throws IOException {
    try {
      String now = text(file);
      boolean changed = !now.equals(text);
      if (changed) {
        notifications = read(file, now);
        text = now;
      }
      problem = null;
      return changed;
    } catch (IOException e) {
      failures.increment();
      problem = e.getMessage() + "; what it said before stays valid";
      throw e;
    }
  }

  public Notifications now() {
    return notifications;
  }

  /** Why the file's newest version is not used, in a sentence; null if it is. */
  public @Nullable String problem() {
    return problem;
  }

  /** How often a version could not be used. */
  public long failures() {
    return failures.sum();
  }

  private static Notifications read(Path file, String text) throws IOException {
    try {
      return NotifyReader.read(text);
    } catch (IOException e) {
      throw new IOException("notify file " + file + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Yaml.MAX_CHARS + 1);
      if (bytes.length > Yaml.MAX_CHARS) {
        throw new IOException("notify file " + file + " is larger than 1 MiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new IOException(
          "no notify file " + file + "; docs/notifications.md says what it has to contain", e);
    } catch (CharacterCodingException e) {
      throw new IOException("notify file " + file + " is not UTF-8", e);
    }
  }
}
