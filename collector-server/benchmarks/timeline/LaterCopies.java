import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes a large recording of a smaller one: it repeats its chunks, each time with later times,
 * since some readers merge chunks of the same time.
 */
public final class LaterCopies {
  private static final int SIZE = 8;
  private static final int START_NANOS = 32;

  private LaterCopies() {}

  /**
   * Arguments: the recording, the file to be written, and how many bytes it shall have at least.
   */
  public static void main(String[] arguments) throws IOException {
    ByteBuffer chunks = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0])));
    Path file = Path.of(arguments[1]);
    Files.write(file, new byte[0]);
    while (Files.size(file) < Long.parseLong(arguments[2])) {
      Files.write(file, chunks.array(), StandardOpenOption.APPEND);
      for (int at = 0; at < chunks.limit(); at += (int) chunks.getLong(at + SIZE)) {
        chunks.putLong(at + START_NANOS, chunks.getLong(at + START_NANOS) + 60_000_000_000L);
      }
    }
  }
}
