package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads an object by range requests of bounded size. A request that breaks off or takes too long is
 * repeated as a whole, so a reader sees the right bytes or an exception, and waits a bounded time
 * for each piece.
 */
final class RangeInput extends InputStream {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
  private static final int NOT_SATISFIABLE = 416;

  private final S3Connection connection;
  private final String key;
  private long position;

  /** The object's size; -1 before the first answer. */
  private long size = -1;

  private byte[] piece = new byte[0];
  private int at;

  /** Sends the first request. */
  RangeInput(S3Connection connection, String key, long offset) throws IOException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset < 0: " + offset);
    }
    this.connection = connection;
    this.key = key;
    this.position = offset;
    next();
  }

  @Override
  public int read() throws IOException {
    return hasMore() ? piece[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, to.length);
    if (length == 0) {
      return 0;
    }
    if (!hasMore()) {
      return -1;
    }
    int count = Math.min(length, piece.length - at);
    System.arraycopy(piece, at, to, offset, count);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return piece.length - at;
  }

  private boolean hasMore() throws IOException {
    while (at == piece.length) {
      if (position >= size) {
        return false;
      }
      next();
    }
    return true;
  }

  private void next() throws IOException {
    long last = position + connection.limits().pieceBytes() - 1;
    String range = "bytes=" + position + "-" + last;
    ResponseBytes<GetObjectResponse> answer;
    try {
      answer =
          connection.send(
              "read",
              key,
              client ->
                  client.getObject(
                      get -> get.bucket(connection.bucket()).key(connection.full(key)).range(range),
                      AsyncResponseTransformer.toBytes()));
    } catch (S3Refusal refusal) {
      if (refusal.status() != NOT_SATISFIABLE || size > position) {
        throw refusal;
      }
      size = position; // nothing is at or after the offset
      return;
    }
    accept(answer.response().contentRange(), answer.asByteArrayUnsafe());
  }

  private void accept(String contentRange, byte[] bytes) throws IOException {
    long expected;
    long total;
    if (contentRange == null && position == 0 && size < 0) {
      expected = bytes.length; // all of it
      total = bytes.length;
    } else {
      Matcher matcher = RANGE.matcher(String.valueOf(contentRange));
      if (!matcher.matches() || Long.parseLong(matcher.group(1)) != position) {
        throw broken("the answer is not the range that was asked for");
      }
      total = Long.parseLong(matcher.group(3));
      long end = Math.min(total, position + connection.limits().pieceBytes());
      expected = end - position;
    }
    if (bytes.length != expected || bytes.length == 0 && total > position) {
      throw broken("the answer has " + bytes.length + " bytes instead of " + expected);
    }
    if (size >= 0 && size != total) {
      throw broken("the object was replaced by one of another size");
    }
    size = total;
    position += bytes.length;
    piece = bytes;
    at = 0;
  }

  private IOException broken(String what) {
    return new IOException(connection.location().name() + ": read " + key + ": " + what);
  }
}
