package whorl.collector.http.server;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import whorl.collector.limit.SlowClients;

/** Builds a new connection's pipeline, in the order of incoming bytes. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write or close that fails ends the connection anyhow
final class EdgeInitializer extends ChannelInitializer<SocketChannel> {
  private static final String DEADLINE = "deadline";
  private static final String IDLE = "idle";
  private static final String CHUNKS = "chunks";
  private static final String EXCHANGES = "exchanges";

  /** Handlers that a WebSocket does not need, besides the codec, which its handshake removes. */
  static final List<String> HTTP_ONLY = List.of(DEADLINE, IDLE, CHUNKS, EXCHANGES);

  private final Edge edge;

  EdgeInitializer(Edge edge) {
    this.edge = edge;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    if (!edge.admit(channel)) {
      channel.close();
      return;
    }
    EdgeLimits limits = edge.limits();
    ChannelPipeline pipeline = channel.pipeline();
    SlowClients.Connection slowClient = edge.slowClient(channel);
    SslContext tls = edge.tls();
    if (tls != null) {
      pipeline.addLast(new TlsAdmission(tls, limits.times().headers(), slowClient));
    }
    HeaderDeadline deadline = new HeaderDeadline(limits.times().headers(), tls != null);
    long idleNanos = limits.times().idle().toNanos();
    // no HttpContentDecompressor: a small body must not become a large one
    pipeline.addLast(DEADLINE, deadline);
    pipeline.addLast(IDLE, new IdleStateHandler(true, 0, 0, idleNanos, TimeUnit.NANOSECONDS));
    StrictRequestDecoder requests = new StrictRequestDecoder(limits.sizes());
    pipeline.addLast(requests, new HttpResponseEncoder());
    if (tls != null) {
      pipeline.addLast(CHUNKS, new ChunkedWriteHandler());
    }
    ConnectionHandler exchanges =
        new ConnectionHandler(channel, edge, deadline, requests, slowClient);
    slowClient.protocol(() -> requests.heldBytes() + exchanges.heldBytes());
    pipeline.addLast(EXCHANGES, exchanges);
  }
}
