package whorl.collector.http.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;
import whorl.collector.http.request.Principal;

/** Turns an HTTP connection into a WebSocket and removes all HTTP handlers from its pipeline. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write or close that fails ends the connection anyhow
final class ChannelUpgrade {
  private ChannelUpgrade() {}

  /** Upgrades the connection of an admitted exchange. Called on the event loop. */
  static void start(SocketChannel channel, Edge edge, Exchange exchange) {
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
    pipeline.addLast(
        new IdleStateHandler(idleNanos, 0, 0, TimeUnit.NANOSECONDS),
        new Utf8FrameValidator(),
        new WebSocketFrameAggregator(maxBytes),
        new ChannelSocket(channel, edge, principal, exchange.remoteAddress()));
    new WebSocketServerHandshaker13(HeadCheck.CHANNEL, null, config)
        .handshake(channel, fullRequest(exchange.head()), null, channel.newPromise())
        .addListener(
            done -> {
              edge.answered(exchange, 101, 0, done.isSuccess());
              if (!done.isSuccess()) {
                channel.close();
              }
            });
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
