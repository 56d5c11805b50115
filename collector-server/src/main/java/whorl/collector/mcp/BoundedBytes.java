package whorl.collector.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Objects;
import whorl.collector.http.request.Response;
import whorl.collector.mcp.tools.Api;
import whorl.collector.mcp.tools.TooLongException;

/** The bytes of a response, up to a limit. */
final class BoundedBytes extends OutputStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private BoundedBytes() {}

  /**
   * Reads a response's body.
   *
   * @throws TooLongException if it is longer than {@link Api#ANSWER_MAX_BYTES}
   */
  static byte[] of(Response response) throws IOException {
    Response.Body body = response.body();
    if (body instanceof Response.Body.Bytes inMemory) {
      return inMemory.content(); // it is in memory already, whatever its length
    }
    if (body instanceof Response.Body.FileSlice slice) {
      if (slice.length() > Api.ANSWER_MAX_BYTES) {
        throw new TooLongException();
      }
      try (InputStream in = Files.newInputStream(slice.file())) {
        in.skipNBytes(slice.offset());
        return in.readNBytes((int) slice.length());
      }
    }
    if (body instanceof Response.Body.Streamed streamed) {
      BoundedBytes out = new BoundedBytes();
      streamed.writer().writeTo(out);
      return out.bytes.toByteArray();
    }
    throw new IllegalStateException("a body of an unknown kind");
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, from.length);
    if (length > Api.ANSWER_MAX_BYTES - bytes.size()) {
      throw new TooLongException();
    }
    bytes.write(from, offset, length);
  }
}
