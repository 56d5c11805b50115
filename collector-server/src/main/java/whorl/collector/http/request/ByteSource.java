package whorl.collector.http.request;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A body in the pieces in which it arrived, for code that only passes it on and so needs no copy.
 */
public interface ByteSource {
  /**
   * Waits for the next piece.
   *
   * @return the piece, valid until the next call, which may reuse its memory; null at the end
   */
  @Nullable ByteBuffer next() throws IOException;

  /** Returns the pieces of {@code body}. An ordinary stream is read in pieces of 128 KiB. */
  static ByteSource of(InputStream body) {
    if (body instanceof ByteSource byteSource) {
      return byteSource;
    }
    byte[] buffer = new byte[128 << 10];
    return () -> {
      int read = body.read(buffer);
      return read < 0 ? null : ByteBuffer.wrap(buffer, 0, read);
    };
  }
}
