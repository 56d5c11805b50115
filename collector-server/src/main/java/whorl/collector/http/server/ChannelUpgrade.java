package whorl.collector.http.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import whorl.collector.http.request.Principal;
import whorl.collector.limit.SlowClients;

/** Turns an HTTP connection into a WebSocket and removes all HTTP handlers from its pipeline. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write or close that fails ends the connection anyhow
final class ChannelUpgrade {
  private ChannelUpgrade() {}

  /** Upgrades the connection of an admitted exchange. Called on the event loop. */
  static void start(
      SocketChannel channel, Edge edge, Exchange exchange, SlowClients.Connection slowClient) {
    Principal principal = exchange.principal();
    if (principal == null || !channel.isActive()) {
      channel.close();
      return;
    }
    int maxBytes = edge.limits().sizes().maxMessageBytes();
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .allowExtensions(false)
            .closeOnProtocolViolation(
                false) // ChannelSocket closes, so that the peer gets the reason
            .maxFramePayloadLength(maxBytes)
            .build();
    ChannelPipeline pipeline = channel.pipeline();
    for (String http : EdgeInitializer.HTTP_ONLY) {
      if (pipeline.get(http) != null) {
        pipeline.remove(http);
      }
    }
    long idleNanos = edge.limits().times().channelIdle().toNanos();
    Frames frames = new Frames(config);
    Messages messages = new Messages(maxBytes);
    slowClient.protocol(() -> frames.heldBytes() + messages.heldBytes());
    pipeline.addLast(
        new IdleStateHandler(idleNanos, 0, 0, TimeUnit.NANOSECONDS),
        new Utf8FrameValidator(),
        messages,
        new ChannelSocket(channel, edge, principal, exchange.remoteAddress(), slowClient));
    new Handshake(config, frames)
        .handshake(channel, fullRequest(exchange.head()), null, channel.newPromise())
        .addListener(
            done -> {
              edge.answered(exchange, 101, 0, done.isSuccess());
              if (!done.isSuccess()) {
                channel.close();
              }
            });
  }

  private static final class Handshake extends WebSocketServerHandshaker13 {
    private final Frames frames;

    Handshake(WebSocketDecoderConfig config, Frames frames) {
      super(HeadCheck.CHANNEL, null, config);
      this.frames = frames;
    }

    @Override
    protected WebSocketFrameDecoder newWebsocketDecoder() {
      return frames;
    }
  }

  private static final class Frames extends WebSocket13FrameDecoder {
    Frames(WebSocketDecoderConfig config) {
      super(config);
    }

    /** What a frame takes that is not complete, in bytes. */
    long heldBytes() {
      return internalBuffer().capacity();
    }
  }

  /** Makes messages of frames. */
  private static final class Messages extends WebSocketFrameAggregator {
    /** What a frame takes besides its content. */
    private static final long FRAME_BYTES = 256;

    /** With more frames, the content of those so far is joined. */
    private static final int MAX_FRAMES = 1024;

    private long contentBytes;
    private long frames;

    Messages(int maxBytes) {
      super(maxBytes);
    }

    /** What a message takes that is not complete, in bytes. */
    long heldBytes() {
      return contentBytes + FRAME_BYTES * Math.min(frames, MAX_FRAMES);
    }

    @Override
    protected void decode(
        ChannelHandlerContext context, WebSocketFrame frame, List<Object> messages)
        throws Exception {
      contentBytes += frame.content().readableBytes();
      frames++;
      // a message that is too long is dropped
      if (frame.isFinalFragment() || contentBytes > maxContentLength()) {
        contentBytes = 0;
        frames = 0;
      }
      super.decode(context, frame, messages);
    }
  }

  private static FullHttpRequest fullRequest(HttpRequest head) {
    return new DefaultFullHttpRequest(
        head.protocolVersion(),
        head.method(),
        head.uri(),
        Unpooled.EMPTY_BUFFER,
        head.headers(),
        EmptyHttpHeaders.INSTANCE);
  }
}
