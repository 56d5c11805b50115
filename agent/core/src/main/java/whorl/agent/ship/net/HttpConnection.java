package whorl.agent.ship.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import whorl.agent.config.Secret;

/**
 * One persistent HTTP/1.1 connection to the collector. A few requests may be under way at once;
 * they are answered in order (RFC 9112, 9.3.2). Used by one thread, which waits; the event loop
 * does the rest.
 */
public final class HttpConnection implements AutoCloseable {
  private static final int MAX_ANSWER_BYTES = 64 << 10;
  private static final int MAX_UNDER_WAY = 8;
  private static final int PIECE_BYTES = 256 << 10;

  private final Channel channel;
  private final CollectorUrl url;
  private final Credentials credentials;
  private final Inbound inbound;

  private HttpConnection(
      Channel channel, CollectorUrl url, Credentials credentials, Inbound inbound) {
    this.channel = channel;
    this.url = url;
    this.credentials = credentials;
    this.inbound = inbound;
  }

  /**
   * Connects, including the TLS handshake.
   *
   * @throws IOException if a setting cannot be used or there is no answer
   */
  public static HttpConnection open(
      Network network, CollectorUrl url, Credentials credentials, Duration limit)
      throws IOException, InterruptedException {
    Secret unused = credentials.authorization(); // fails before anything is connected
    SslContext tls = url.tls() ? credentials.tls() : null;
    Inbound inbound = new Inbound();
    ChannelFuture connected =
        network.connect(
            url,
            tls,
            limit,
            pipeline ->
                pipeline
                    .addLast(new HttpClientCodec())
                    .addLast(new HttpObjectAggregator(MAX_ANSWER_BYTES, true))
                    .addLast(inbound));
    Channel channel = connected.channel();
    try {
      await(connected, limit, "no connection to " + url);
      SslHandler handler = channel.pipeline().get(SslHandler.class);
      if (handler != null) {
        await(handler.handshakeFuture(), limit, "no TLS with " + url);
      }
      return new HttpConnection(channel, url, credentials, inbound);
    } catch (IOException | InterruptedException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Sends a request; the answer comes on the event loop. {@code body} must not change until then.
   */
  public CompletableFuture<Answer> send(
      HttpMethod method, String path, Map<String, String> headers, byte[] body, int length) {
    return send(method, path, headers, body, 0, length);
  }

  /** As above, from {@code offset} of {@code body}. */
  public CompletableFuture<Answer> send(
      HttpMethod method,
      String path,
      Map<String, String> headers,
      byte[] body,
      int offset,
      int length) {
    ByteBuf content = Unpooled.wrappedBuffer(body, offset, length);
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, content);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    try {
      complete(request, headers, length);
    } catch (IOException e) {
      answer.completeExceptionally(e);
      return answer;
    }
    channel
        .eventLoop()
        .execute(
            () -> {
              inbound.expect(channel, answer);
              channel
                  .writeAndFlush(request)
                  .addListener(
                      written -> {
                        if (!written.isSuccess()) {
                          inbound.fail(channel, written.cause());
                        }
                      });
            });
    return answer;
  }

  /** The token is read anew for each request: a connection may live longer than a token. */
  private void complete(HttpRequest request, Map<String, String> headers, long length)
      throws IOException {
    headers.forEach(request.headers()::set);
    request.headers().set(HttpHeaderNames.HOST, url.authority());
    request.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
    Secret authorization = credentials.authorization();
    if (authorization != null) {
      request.headers().set(HttpHeaderNames.AUTHORIZATION, authorization.reveal());
    }
  }

  /** The bytes of a long body, in pieces. */
  public interface Pieces {
    /** Copies exactly {@code length} bytes from {@code position} of the body. */
    void read(long position, byte[] into, int length) throws IOException;
  }

  /**
   * Sends a request with a long body from the calling thread: two pieces are in memory at once. If
   * an answer comes before all of it is sent, the rest is not sent, and the connection ends.
   *
   * @param limit for each piece; then the connection is closed
   */
  public CompletableFuture<Answer> send(
      HttpMethod method,
      String path,
      Map<String, String> headers,
      Pieces body,
      long length,
      Duration limit)
      throws IOException, InterruptedException {
    DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, path);
    complete(request, headers, length);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    channel
        .eventLoop()
        .execute(
            () -> {
              inbound.expect(channel, answer);
              channel.write(request);
            });
    boolean whole = false;
    try {
      whole = sendPieces(body, length, answer, limit);
    } catch (BrokenLine broken) {
      if (!answer.isDone() || answer.isCompletedExceptionally()) {
        throw broken;
      }
    } finally {
      if (!whole) {
        inbound.lastAnswerCloses = true;
        if (!answer.isDone()) {
          close();
        }
      }
    }
    return answer;
  }

  private boolean sendPieces(
      Pieces body, long length, CompletableFuture<Answer> answer, Duration limit)
      throws IOException, InterruptedException {
    byte[][] buffers = new byte[2][(int) Math.min(PIECE_BYTES, length)];
    ChannelFuture[] written = new ChannelFuture[2];
    int turn = 0;
    for (long at = 0; at < length; turn = 1 - turn) {
      if (written[turn] != null) {
        awaitWritten(written[turn], limit);
      }
      if (answer.isDone()) {
        return false;
      }
      int piece = (int) Math.min(PIECE_BYTES, length - at);
      body.read(at, buffers[turn], piece);
      at += piece;
      ByteBuf bytes = Unpooled.wrappedBuffer(buffers[turn], 0, piece);
      written[turn] =
          channel.writeAndFlush(
              at == length ? new DefaultLastHttpContent(bytes) : new DefaultHttpContent(bytes));
    }
    ChannelFuture last = written[1 - turn];
    if (last != null) {
      awaitWritten(last, limit);
    }
    return true;
  }

  private void awaitWritten(ChannelFuture written, Duration limit)
      throws BrokenLine, InterruptedException {
    try {
      await(written, limit, "no answer from " + url);
    } catch (IOException e) {
      throw new BrokenLine(e);
    }
  }

  /** The collector, or a proxy, takes no more of a body. */
  private static final class BrokenLine extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenLine(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Waits for an answer; on a timeout the connection is closed. */
  public Answer await(CompletableFuture<Answer> answer, Duration limit)
      throws IOException, InterruptedException {
    try {
      return await(answer, limit, "no answer from " + url);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  public boolean isOpen() {
    return channel.isActive() && !inbound.lastAnswerCloses;
  }

  @Override
  public void close() {
    channel.close();
  }

  private static <T> T await(Future<T> future, Duration limit, String failure)
      throws IOException, InterruptedException {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(failure + " within " + limit.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw new IOException(failure + ": " + why, cause);
    }
  }

  /** Runs only on the event loop, except for the flag. */
  private static final class Inbound extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final Deque<CompletableFuture<Answer>> awaited = new ArrayDeque<>(2);
    private volatile boolean lastAnswerCloses;

    void expect(Channel channel, CompletableFuture<Answer> answer) {
      if (!channel.isActive()) {
        answer.completeExceptionally(new IOException("the connection is closed"));
      } else if (awaited.size() >= MAX_UNDER_WAY) {
        answer.completeExceptionally(
            new IllegalStateException(MAX_UNDER_WAY + " requests are under way already"));
      } else {
        awaited.add(answer);
      }
    }

    void fail(Channel channel, Throwable cause) {
      channel.close();
      CompletableFuture<Answer> failed = awaited.poll();
      while (failed != null) {
        failed.completeExceptionally(cause);
        failed = awaited.poll();
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      CompletableFuture<Answer> answered = awaited.poll();
      lastAnswerCloses = !HttpUtil.isKeepAlive(response);
      if (response.decoderResult().isFailure()) {
        context.close();
        if (answered != null) {
          answered.completeExceptionally(
              new IOException("no HTTP answer", response.decoderResult().cause()));
        }
      } else if (answered == null) {
        // An answer without a request: the connection is out of step.
        context.close();
      } else {
        answered.complete(
            new Answer(
                response.status().code(),
                response.headers(),
                response.content().toString(StandardCharsets.UTF_8)));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(context.channel(), new IOException("the collector closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(context.channel(), cause);
    }
  }
}
