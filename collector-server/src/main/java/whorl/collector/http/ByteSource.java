package whorl.collector.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body piece by piece, as it came, for those who would only pass on a copy of it. */
public interface ByteSource {
  /**
   * Waits for the next piece.
   *
   * @return what is to be read up to its limit before the next call, after which its memory may
   *     hold something else; null at the end
   */
  @Nullable ByteBuffer next() throws IOException;

  /** Those of {@code body}; one that knows none is read in portions of 128 KiB. */
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
