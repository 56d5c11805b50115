package whorl.collector.people;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that says what groups of people may do. A new version applies at once, to open sessions
 * too; a version that is wrong is refused as a whole, and the earlier one stays. Thread-safe.
 */
public final class AccessFile {
  private final Path file;
  private volatile AccessRules rules;
  private volatile @Nullable String problem;
  private String text;

  private AccessFile(Path file, String text, AccessRules rules) {
    this.file = file;
    this.text = text;
    this.rules = rules;
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, and every problem with its line
   */
  public static AccessFile open(Path file) throws IOException {
    String text = text(file);
    return new AccessFile(file, text, rules(file, text));
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
        rules = rules(file, now);
        text = now;
      }
      problem = null;
      return changed;
    } catch (IOException e) {
      problem = e.getMessage() + "; what it said before stays valid";
      throw e;
    }
  }

  /** Why the file's newest version is not used, in a sentence; null if it is. */
  public @Nullable String problem() {
    return problem;
  }

  AccessRules rules() {
    return rules;
  }

  /** The number of groups that may do something. */
  public int groups() {
    return rules.byGroup().size();
  }

  private static AccessRules rules(Path file, String text) throws IOException {
    try {
      return AccessReader.read(text);
    } catch (IOException e) {
      throw new IOException("access file " + file + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(AccessReader.MAX_CHARS + 1);
      if (bytes.length > AccessReader.MAX_CHARS) {
        throw new IOException("access file " + file + " is larger than 1 MiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new IOException(
          "no access file " + file + "; docs/people.md says what it has to contain", e);
    } catch (CharacterCodingException e) {
      throw new IOException("access file " + file + " is not UTF-8", e);
    }
  }
}
