package whorl.collector.store.objects.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads an object in one request from its beginning, for stores that answer range requests wrongly.
 * If the answer ends early or stalls, reading fails.
 */
final class WholeInput extends FilterInputStream {
  private final ResponseInputStream<GetObjectResponse> answer;
  private final String subject;
  private long left;

  private WholeInput(ResponseInputStream<GetObjectResponse> answer, String subject) {
    super(answer);
    this.answer = answer;
    this.subject = subject;
    this.left = answer.response().contentLength();
  }

  static InputStream open(S3Connection connection, String key, long offset) throws IOException {
    ResponseInputStream<GetObjectResponse> answer =
        connection.send(
            "read",
            key,
            client ->
                client.getObject(
                    get -> get.bucket(connection.bucket()).key(connection.full(key)),
                    AsyncResponseTransformer.toBlockingInputStream()));
    WholeInput in = new WholeInput(answer, connection.location().name() + ": read " + key);
    try {
      in.skipNBytes(Math.min(offset, in.left));
      return in;
    } catch (IOException | RuntimeException e) {
      answer.abort();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    int count;
    try {
      count = super.read(to, offset, length);
    } catch (IOException | RuntimeException e) {
      throw new IOException(subject + ": it broke off", e);
    }
    if (count < 0 && left > 0) {
      throw new IOException(subject + ": it ended " + left + " bytes early");
    }
    left -= Math.max(0, count);
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.min(8 << 10, Math.max(0, count))];
    int read = skipped.length == 0 ? 0 : read(skipped, 0, skipped.length);
    return Math.max(0, read);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() throws IOException {
    if (left > 0) {
      answer.abort(); // instead of reading the rest
    }
    super.close();
  }
}
