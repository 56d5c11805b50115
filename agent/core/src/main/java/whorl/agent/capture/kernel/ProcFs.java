package whorl.agent.capture.kernel;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.AcquisitionLog;

/**
 * Reads the kernel's files under {@code /proc} and {@code /sys}. Their reported size is always 0,
 * so everything is read as a stream, up to a bound. The content is hostile text.
 */
public final class ProcFs {
  private static final int FILE_MAX_BYTES = 1 << 20;
  private static final int LINE_MAX_BYTES = 8192;

  /**
   * Captures read hundreds of files, mostly of a few lines; the kernel returns one page at a time
   * anyway.
   */
  private static final int BLOCK_BYTES = 4096;

  /** Receives the lines of a file. */
  @FunctionalInterface
  public interface LineReader {
    /** Returns false to stop. */
    boolean line(String line) throws IOException;
  }

  private final Path root;

  /**
   * @param root {@code /}, or in tests a folder with a fake {@code proc}
   */
  public ProcFs(Path root) {
    this.root = root;
  }

  /** Returns the whole file as text, cut at 1 MiB. */
  public String text(String path) throws IOException {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** As {@link #text}, stripped; null if it cannot be read. */
  public @Nullable String textOrNull(String path) {
    try {
      return text(path).strip();
    } catch (IOException absent) {
      return null;
    }
  }

  /** Returns the NUL-terminated texts in the file, such as arguments. */
  public List<String> nulSeparated(String path) throws IOException {
    List<String> parts = new ArrayList<>();
    byte[] bytes = bytes(path);
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        parts.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    if (start < bytes.length) {
      parts.add(new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8));
    }
    return parts;
  }

  /** True for a regular file, or a link to one. */
  public boolean isFile(String path) throws IOException {
    return Files.isRegularFile(resolve(path));
  }

  /**
   * Passes the file's lines to the reader one by one, each cut at 8 KiB. One of more than 1 MiB
   * counts as several, so that a reader of some lines ends also if the file has no line end.
   */
  public void lines(String path, LineReader reader) throws IOException {
    try (InputStream in = new BufferedInputStream(new FileInputStream(file(path)), BLOCK_BYTES)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
      String line = next(in, bytes);
      while (line != null && reader.line(line)) {
        line = next(in, bytes);
      }
    }
  }

  /**
   * Returns the next line; null after the last. A loop of its own: when the readers' work was
   * inlined into it, the JVM took half a second to compile all of it as one method.
   */
  private static @Nullable String next(InputStream in, ByteArrayOutputStream line)
      throws IOException {
    line.reset();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    for (int read = 1; b >= 0 && b != '\n' && read < FILE_MAX_BYTES; read++) {
      if (line.size() < LINE_MAX_BYTES) {
        line.write(b);
      }
      b = in.read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Returns up to {@code max} lines. */
  public List<String> lines(String path, int max) throws IOException {
    List<String> lines = new ArrayList<>();
    lines(
        path,
        line -> {
          lines.add(line);
          return lines.size() < max;
        });
    return lines;
  }

  /** Returns the target of a symbolic link; null if it cannot be read or no longer exists. */
  public @Nullable String link(String path) {
    try {
      return Files.readSymbolicLink(resolve(path)).toString();
    } catch (IOException | InvalidPathException | UnsupportedOperationException gone) {
      return null;
    }
  }

  /** Returns up to {@code max} names in a folder. */
  public List<String> names(String path, int max) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(resolve(path))) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
        if (names.size() >= max) {
          break;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  private byte[] bytes(String path) throws IOException {
    try (InputStream in = new FileInputStream(file(path))) {
      return in.readNBytes(FILE_MAX_BYTES);
    }
  }

  private String file(String path) throws IOException {
    return resolve(path).toString();
  }

  private Path resolve(String path) throws IOException {
    try {
      return root.resolve(path.startsWith("/") ? path.substring(1) : path);
    } catch (InvalidPathException e) {
      throw new IOException("not a path here: " + AcquisitionLog.printable(path), e);
    }
  }
}
