package whorl.collector.http;

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
 * A body as it is written, on the worker. One piece is on its way to the socket while the next is
 * filled, so a client that does not read costs two pieces, and after {@code patience} the
 * connection.
 */
final class BodyOutput extends OutputStream {
  private static final int PIECE_BYTES = 64 << 10;

  private final Channel channel;
  private final HttpResponse head;
  private final Duration patience;
  private byte[] piece = new byte[PIECE_BYTES];
  private int filled;
  private long sentBytes;
  private boolean begun;
  private @Nullable ChannelFuture onItsWay;

  BodyOutput(Channel channel, HttpResponse head, Duration patience) {
    this.channel = channel;
    this.head = head;
    this.patience = patience;
  }

  /** Whether the headers are out, so that no other answer can be given. */
  boolean begun() {
    return begun;
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
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, PIECE_BYTES - filled);
      System.arraycopy(from, offset + done, piece, filled, count);
      filled += count;
      done += count;
      if (filled == PIECE_BYTES) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    begin();
    if (filled > 0) {
      awaitRoom();
      onItsWay =
          channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece, 0, filled)));
      sentBytes += filled;
      piece = new byte[PIECE_BYTES];
      filled = 0;
    }
  }

  /** Sends what is left and the end of the body. */
  ChannelFuture end() throws IOException {
    flush();
    awaitRoom();
    return channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private void begin() {
    if (!begun) {
      begun = true;
      onItsWay = channel.writeAndFlush(head);
    }
  }

  private void awaitRoom() throws IOException {
    ChannelFuture last = onItsWay;
    if (last == null) {
      return;
    }
    try {
      if (!last.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException("the client has read nothing for " + patience.toMillis() + " ms");
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
