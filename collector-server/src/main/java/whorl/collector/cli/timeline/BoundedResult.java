package whorl.collector.cli.timeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;

/**
 * Keeps a result in memory: all of it, or each line until it is shown. No result of a collector is
 * as long as its limit.
 */
final class BoundedResult extends OutputStream {
  private static final int MAX_BYTES = 128 << 20;

  private final @Nullable Consumer<String> lines;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Keeps all of it. */
  BoundedResult() {
    this.lines = null;
  }

  /** Passes on each line once it is complete. */
  BoundedResult(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] some, int offset, int length) throws IOException {
    int from = offset;
    for (int i = offset; lines != null && i < offset + length; i++) {
      if (some[i] == '\n') {
        keep(some, from, i - from);
        show();
        from = i + 1;
      }
    }
    keep(some, from, offset + length - from);
  }

  private void keep(byte[] some, int offset, int length) throws IOException {
    if (length > MAX_BYTES - bytes.size()) {
      throw new Problems.LocalFileException(
          new IOException(
              "the result is longer than "
                  + (MAX_BYTES >> 20)
                  + " MiB; select less, or write it to a file with --out"));
    }
    bytes.write(some, offset, length);
  }

  private void show() {
    Consumer<String> to = lines;
    if (to != null) {
      String line = bytes.toString(StandardCharsets.UTF_8);
      to.accept(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
      bytes.reset();
    }
  }

  /** The last line may have no end. */
  @Override
  public void close() {
    if (bytes.size() > 0) {
      show();
    }
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
