package whorl.collector.http.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Streams a response body, on the worker. One chunk is being sent while the next is filled, so a
 * client that does not read costs two chunks of memory, and its connection is closed after {@code
 * timeout}.
 */
final class BodyOutput extends OutputStream {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Channel channel;
  private final HttpResponse head;
  private final Duration timeout;
  private byte[] chunk = new byte[CHUNK_BYTES];
  private int filled;
  private long sentBytes;
  private boolean headSent;
  private @Nullable ChannelFuture pendingWrite;

  BodyOutput(Channel channel, HttpResponse head, Duration timeout) {
    this.channel = channel;
    this.head = head;
    this.timeout = timeout;
  }

  /** True if the headers are sent, so that no other response is possible. */
  boolean headSent() {
    return headSent;
  }

  long sentBytes() {
    return sentBytes;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    int copied = 0;
    while (copied < length) {
      int count = Math.min(length - copied, CHUNK_BYTES - filled);
      System.arraycopy(from, offset + copied, chunk, filled, count);
      filled += count;
      copied += count;
      if (filled == CHUNK_BYTES) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    sendHead();
    if (filled > 0) {
      awaitPendingWrite();
      pendingWrite =
          channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk, 0, filled)));
      sentBytes += filled;
      chunk = new byte[CHUNK_BYTES];
      filled = 0;
    }
  }

  /** Sends the rest and the end of the body. */
  ChannelFuture end() throws IOException {
    flush();
    awaitPendingWrite();
    return channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private void sendHead() {
    if (!headSent) {
      headSent = true;
      pendingWrite = channel.writeAndFlush(head);
    }
  }

  private void awaitPendingWrite() throws IOException {
    ChannelFuture last = pendingWrite;
    if (last == null) {
      return;
    }
    try {
      if (!last.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException("the client has read nothing for " + timeout.toMillis() + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the collector is stopping", e);
    }
    if (!last.isSuccess()) {
      throw new IOException("the client is gone", last.cause());
    }
  }
}
