package whorl.collector.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.TlsFiles;
import whorl.evidence.Digest;

/**
 * The collector's edge: HTTP/1.1 and WebSocket, over TLS or not. Handlers run on workers and may
 * block; a client that is slow, silent, greedy or malformed costs a bounded amount and then its
 * connection.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
public final class HttpServer implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final Edge edge;
  private final EventLoopGroup loops;
  private final Channel listening;
  private final @Nullable TlsFiles tls;
  private @Nullable List<Digest> tlsDigests;

  private HttpServer(Edge edge, EventLoopGroup loops, Channel listening, @Nullable TlsFiles tls)
      throws IOException {
    this.tls = tls;
    this.tlsDigests = tls == null ? null : digests(tls);
    this.edge = edge;
    this.loops = loops;
    this.listening = listening;
  }

  /**
   * What is served, and to whom.
   *
   * @param routes no two of them with the same method and path
   * @param channel what an upgrade at {@code /agent/v1/channel} leads to
   * @param sessions of the page, as good as the tokens that opened them
   */
  public record Served(
      List<Route> routes, ChannelEndpoint channel, Tokens tokens, Sessions sessions) {}

  /**
   * Listens and serves.
   *
   * @param listen port 0 takes a free one
   * @param tls null for plain HTTP
   * @throws IOException that says what to change
   */
  public static HttpServer start(
      InetSocketAddress listen,
      @Nullable TlsFiles tls,
      Served served,
      EdgeLimits limits,
      Metrics metrics)
      throws IOException {
    HttpServer server = listen(listen, tls, List.of(), limits, metrics);
    try {
      server.serve(served);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /** From now on these routes are answered, and no others. */
  public void serve(Served served) {
    edge.serve(
        new Edge.Front(
            new Router(served.routes()),
            new Authorization(served.tokens(), served.sessions()),
            served.channel()));
  }

  /**
   * Listens, and returns when connections are accepted. Until {@link #serve} is called, all but a
   * few routes are answered with 503.
   *
   * @param first open routes that are answered from the beginning
   */
  public static HttpServer listen(
      InetSocketAddress listen,
      @Nullable TlsFiles tls,
      List<Route> first,
      EdgeLimits limits,
      Metrics metrics)
      throws IOException {
    SslContext context = tls == null ? null : TlsAdmission.context(tls);
    boolean certificates = tls != null && tls.clientCa() != null;
    Edge edge =
        new Edge(
            new Edge.Front(new Router(first), null, null), limits, metrics, context, certificates);
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("whorl-edge", true),
            NioIoHandler.newFactory());
    ChannelFuture bound = bootstrap(loops, edge).bind(listen).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
      Throwable cause = bound.cause();
      throw new IOException(
          "cannot listen on "
              + listen.getHostString()
              + ":"
              + listen.getPort()
              + ": "
              + cause.getMessage()
              + "; choose another address with --listen",
          cause);
    }
    return new HttpServer(edge, loops, bound.channel(), tls);
  }

  /**
   * Reads certificate and key again; new connections get them.
   *
   * @return whether they had changed
   * @throws IOException when they can't be read; all stays as it was
   */
  public synchronized boolean reloadCertificates() throws IOException {
    if (tls == null) {
      return false;
    }
    List<Digest> now = digests(tls);
    if (now.equals(tlsDigests)) {
      return false;
    }
    edge.tls(TlsAdmission.context(tls));
    tlsDigests = now;
    return true;
  }

  private static List<Digest> digests(TlsFiles tls) throws IOException {
    List<Digest> digests = new ArrayList<>();
    digests.add(Digest.of(Files.readAllBytes(tls.certificate())));
    digests.add(Digest.of(Files.readAllBytes(tls.key())));
    if (tls.clientCa() != null) {
      digests.add(Digest.of(Files.readAllBytes(tls.clientCa())));
    }
    return digests;
  }

  /** Where it listens, with the port that was taken. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  /** Takes no more requests, ends channels with 1001, waits a little for what is under way. */
  @Override
  public void close() {
    edge.stop();
    listening.close().awaitUninterruptibly();
    CompletableFuture<?>[] ended =
        edge.sockets().stream()
            .map(
                socket -> {
                  socket.close(1001, "the collector stops");
                  return socket.ended();
                })
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ended)
        .completeOnTimeout(null, edge.limits().times().stop().toNanos(), TimeUnit.NANOSECONDS)
        .join();
    edge.workers().stop(edge.limits().times().stop());
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static ServerBootstrap bootstrap(EventLoopGroup loops, Edge edge) {
    // one read at a time, so that asking for a little brings no more than that
    AdaptiveRecvByteBufAllocator reads =
        new AdaptiveRecvByteBufAllocator(512, 4096, BodyStream.READ_BYTES);
    reads.maxMessagesPerRead(1);
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads)
        .childHandler(new EdgeInitializer(edge));
  }
}
