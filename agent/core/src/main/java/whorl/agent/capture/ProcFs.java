package whorl.agent.capture;

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

/**
 * Reads the kernel's files under {@code /proc} and {@code /sys}. Their size is 0 whatever they
 * hold, so everything is read as a stream, up to a bound; what they hold is hostile text.
 */
public final class ProcFs {
  private static final int FILE_MAX_BYTES = 1 << 20;
  private static final int LINE_MAX_BYTES = 8192;

  /** Hundreds are read, most of them a few lines; the kernel gives a page at a time anyway. */
  private static final int BLOCK_BYTES = 4096;

  /** Takes one line of a file. */
  @FunctionalInterface
  public interface LineReader {
    /** Returns whether to go on. */
    boolean line(String line) throws IOException;
  }

  private final Path root;

  /**
   * @param root {@code /}, or a folder that holds a made-up {@code proc} in tests
   */
  public ProcFs(Path root) {
    this.root = root;
  }

  /** The whole file as text, cut at 1 MiB. */
  public String text(String path) throws IOException {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** As {@link #text}, without white space at its ends; null where it cannot be read. */
  public @Nullable String textOrNull(String path) {
    try {
      return text(path).strip();
    } catch (IOException absent) {
      return null;
    }
  }

  /** Texts that the file holds with a NUL after each, such as arguments. */
  List<String> nulSeparated(String path) throws IOException {
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

  /** The file's lines, one after the other, each cut at 8 KiB. */
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
   * The next line; null after the last. A loop of its own: where the readers' work was part of it,
   * the JVM took half a second to compile all of that as one.
   */
  private static @Nullable String next(InputStream in, ByteArrayOutputStream line)
      throws IOException {
    line.reset();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    while (b >= 0 && b != '\n') {
      if (line.size() < LINE_MAX_BYTES) {
        line.write(b);
      }
      b = in.read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Up to {@code max} lines. */
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

  /** What a symbolic link says; null where it cannot be read or is gone by now. */
  public @Nullable String link(String path) {
    try {
      return Files.readSymbolicLink(resolve(path)).toString();
    } catch (IOException | InvalidPathException | UnsupportedOperationException gone) {
      return null;
    }
  }

  /** The names in a folder, up to {@code max} of them. */
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
