package whorl.collector.notify.message;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A secret in a file, which is read at each use: a new one is used at once. Its text is in no
 * message and no {@code toString}.
 */
public record SecretFile(Path file) {
  private static final int MAX_BYTES = 16 << 10;

  /**
   * Reads the secret, without the line break at its end.
   *
   * @throws IOException naming the file
   */
  public String read() throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new IOException("no file " + file + "; it has to contain the secret alone", e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException(file + " is longer than 16 KiB; it has to contain the secret alone");
    }
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      throw new IOException(file + " is empty; it has to contain the secret");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IOException(
          file
              + " has more than one line, or control characters; it has to contain the secret"
              + " alone");
    }
    return text;
  }
}
