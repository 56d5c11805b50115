package whorl.collector.http.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedNioFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;

/** Sends the responses of one connection. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write or close that fails ends the connection anyhow
final class ResponseSender {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseSender.class);
  private static final int FILE_CHUNK_BYTES = 64 << 10;

  /** Called on the event loop. */
  interface SentListener {
    /**
     * Called once for each response.
     *
     * @param complete true if the whole response was sent
     */
    void sent(Exchange exchange, boolean complete);

    /**
     * The rest of a response waits until the client has read what was sent before.
     *
     * @param bytes of the response that are in memory
     */
    void unread(long bytes);
  }

  private final Channel channel;
  private final Edge edge;
  private final SentListener listener;

  ResponseSender(Channel channel, Edge edge, SentListener listener) {
    this.channel = channel;
    this.edge = edge;
    this.listener = listener;
  }

  /**
   * Sends the response. A streamed body is written before this returns, so the caller must be a
   * worker.
   *
   * @throws IOException when nothing has been sent yet, so that another response is possible
   * @throws RuntimeException likewise
   */
  void send(Exchange exchange, Response response) throws IOException {
    HttpResponse head = head(exchange, response);
    Response.Body body = response.body();
    if (exchange.headOnly()) {
      onLoop(() -> finish(exchange, head, writeHead(exchange, head), 0, 0));
    } else if (body instanceof Response.Body.Bytes bytes) {
      onLoop(() -> sendBytes(exchange, head, bytes.content()));
    } else if (body instanceof Response.Body.FileSlice slice && slice.length() > 0) {
      FileChannel file = FileChannel.open(slice.file(), StandardOpenOption.READ);
      onLoop(() -> sendFile(exchange, head, file, slice));
    } else if (body instanceof Response.Body.Streamed streamed) {
      sendStream(exchange, head, streamed);
    } else {
      onLoop(() -> sendBytes(exchange, head, new byte[0]));
    }
  }

  private HttpResponse head(Exchange exchange, Response response) {
    HttpResponse head =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()));
    HttpHeaders headers = head.headers();
    headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'");
    response.headers().forEach(headers::set);
    headers.set("X-Content-Type-Options", "nosniff");
    if (edge.tls() != null) {
      headers.set("Strict-Transport-Security", "max-age=31536000");
    }
    Response.Body body = response.body();
    if (body instanceof Response.Body.Bytes bytes) {
      boolean bodyless = response.status() == 204 || response.status() == 304;
      if (!bodyless) {
        headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes.content().length);
      }
    } else if (body instanceof Response.Body.FileSlice slice) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, slice.length());
    } else if (body instanceof Response.Body.Streamed streamed && streamed.length() >= 0) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, streamed.length());
    } else if (exchange.chunks() && !exchange.headOnly()) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    return head;
  }

  private void sendBytes(Exchange exchange, HttpResponse head, byte[] content) {
    writeHead(exchange, head);
    ChannelFuture last =
        channel.writeAndFlush(new DefaultLastHttpContent(Unpooled.wrappedBuffer(content)));
    finish(exchange, head, last, content.length, content.length);
  }

  private void sendFile(
      Exchange exchange, HttpResponse head, FileChannel file, Response.Body.FileSlice slice) {
    writeHead(exchange, head);
    ChannelFuture last;
    if (edge.tls() == null) {
      channel.write(new DefaultFileRegion(file, slice.offset(), slice.length()));
      last = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    } else {
      last = channel.writeAndFlush(chunks(file, slice));
    }
    whenSent(exchange, head, last, slice.length());
  }

  private static HttpChunkedInput chunks(FileChannel file, Response.Body.FileSlice slice) {
    try {
      return new HttpChunkedInput(
          new ChunkedNioFile(file, slice.offset(), slice.length(), FILE_CHUNK_BYTES));
    } catch (IOException e) {
      throw new IllegalStateException("an open file has no position: " + slice.file(), e);
    }
  }

  private void sendStream(Exchange exchange, HttpResponse head, Response.Body.Streamed streamed)
      throws IOException {
    boolean framed = exchange.chunks() || streamed.length() >= 0;
    channel.eventLoop().submit(() -> decideKeepAlive(exchange, head, framed)).syncUninterruptibly();
    BodyOutput out = new BodyOutput(channel, head, edge.limits().times().idle());
    try {
      streamed.writer().writeTo(out);
      ChannelFuture last = out.end();
      onLoop(() -> finish(exchange, head, last, out.sentBytes(), 0));
    } catch (IOException | RuntimeException | Error e) {
      if (!out.headSent()) {
        throw e;
      }
      if (e instanceof IOException || e instanceof ProblemException || !channel.isActive()) {
        LOG.debug("response to {} broken off", exchange.template(), e);
      } else {
        LOG.warn("response to {} broken off: its writer failed", exchange.template(), e);
      }
      onLoop(() -> finishBroken(exchange, head, out.sentBytes()));
    }
  }

  /** Writes the head of a response whose body the client can see the end of. */
  private ChannelFuture writeHead(Exchange exchange, HttpResponse head) {
    decideKeepAlive(exchange, head, true);
    if (exchange.headOnly()) {
      channel.write(head);
      return channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
    return channel.write(head);
  }

  /**
   * Decides if the connection stays open for another request.
   *
   * @param framed true if the client can see the end of the body while the connection stays open
   */
  private void decideKeepAlive(Exchange exchange, HttpResponse head, boolean framed) {
    boolean keepAlive =
        framed
            && exchange.received()
            && !exchange.framingUncertain()
            && !edge.endsConnections()
            && HttpUtil.isKeepAlive(exchange.head());
    HttpUtil.setKeepAlive(head.headers(), exchange.head().protocolVersion(), keepAlive);
    exchange.markResponding(keepAlive);
  }

  /**
   * Ends a response that has been written.
   *
   * @param memoryBytes what it takes of memory until the client reads it
   */
  private void finish(
      Exchange exchange, HttpResponse head, ChannelFuture last, long bytes, long memoryBytes) {
    whenSent(exchange, head, last, bytes);
    if (!last.isDone()) {
      listener.unread(memoryBytes);
    }
  }

  private void whenSent(Exchange exchange, HttpResponse head, ChannelFuture last, long bytes) {
    last.addListener(
        future -> {
          edge.answered(exchange, head.status().code(), bytes, future.isSuccess());
          listener.sent(exchange, future.isSuccess());
        });
  }

  private void finishBroken(Exchange exchange, HttpResponse head, long bytes) {
    edge.answered(exchange, head.status().code(), bytes, false);
    listener.sent(exchange, false);
  }

  private void onLoop(Runnable work) {
    if (channel.eventLoop().inEventLoop()) {
      work.run();
    } else {
      channel.eventLoop().execute(work);
    }
  }
}
