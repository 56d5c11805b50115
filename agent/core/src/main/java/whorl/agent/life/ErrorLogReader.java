package whorl.agent.life;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads HotSpot's error log by lines. Any code may have written the file: a line longer than any of
 * HotSpot's is cut and counts as the last one, so that a file without line ends takes little memory
 * and time.
 */
final class ErrorLogReader implements Closeable {
  /** A redactor masks a text of this length as a whole if it may hold a secret. */
  private static final int LINE_MAX_CHARS = (256 << 10) + 1;

  private final Reader reader;
  private boolean cut;

  ErrorLogReader(Path file, Charset charset) throws IOException {
    reader = new BufferedReader(new InputStreamReader(Files.newInputStream(file), charset));
  }

  /** Returns the next line, without its end; null after the last one. */
  @Nullable String line() throws IOException {
    int c = cut ? -1 : reader.read();
    if (c < 0) {
      return null;
    }
    StringBuilder line = new StringBuilder();
    while (c >= 0 && c != '\n' && line.length() < LINE_MAX_CHARS) {
      line.append((char) c);
      c = reader.read();
    }
    cut = c >= 0 && c != '\n';
    return line.toString();
  }

  /** True if the last line was too long. */
  boolean isCut() {
    return cut;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
