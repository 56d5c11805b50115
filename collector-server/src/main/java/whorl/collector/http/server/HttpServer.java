package whorl.collector.http.server;

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
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.TlsFiles;
import whorl.collector.http.auth.AgentIdentification;
import whorl.collector.http.auth.ApiTokenIdentification;
import whorl.collector.http.auth.Authorization;
import whorl.collector.http.auth.PeopleIdentification;
import whorl.collector.http.auth.Sessions;
import whorl.collector.http.auth.Tokens;
import whorl.collector.http.health.EdgePulse;
import whorl.collector.http.request.Route;
import whorl.evidence.Digest;

/**
 * The collector's edge: HTTP/1.1 and WebSocket, over TLS or not. Handlers run on workers and may
 * block; a client that is slow, silent, greedy or malformed costs a bounded amount and then loses
 * its connection.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
public final class HttpServer implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final Edge edge;
  private final EventLoopGroup eventLoops;
  private final Channel listening;
  private final EdgePulse pulse;
  private final @Nullable TlsFiles tls;
  private @Nullable List<Digest> tlsDigests;
  private volatile long certificateExpiresSeconds;

  private HttpServer(
      Edge edge, EventLoopGroup eventLoops, Channel listening, @Nullable TlsFiles tls)
      throws IOException {
    this.tls = tls;
    this.tlsDigests = tls == null ? null : digests(tls);
    this.certificateExpiresSeconds = tls == null ? 0 : expires(tls);
    this.edge = edge;
    this.eventLoops = eventLoops;
    this.listening = listening;
    this.pulse = new EdgePulse(eventLoops, System::nanoTime);
  }

  /**
   * The routes and credentials of a server.
   *
   * @param routes routes, no two with the same method and path
   * @param channel the endpoint of WebSockets at {@code /agent/v1/channel}
   * @param sessions sessions of the page, with the rights of the tokens that opened them
   * @param agents identifies agents without a token of the tokens file
   * @param people identifies people without a token of the tokens file
   * @param apiTokens identifies people by tokens that they made
   */
  public record Served(
      List<Route> routes,
      ChannelEndpoint channel,
      Tokens tokens,
      Sessions sessions,
      AgentIdentification agents,
      PeopleIdentification people,
      ApiTokenIdentification apiTokens) {
    /** Accepts agents and people by the tokens file only. */
    public Served(List<Route> routes, ChannelEndpoint channel, Tokens tokens, Sessions sessions) {
      this(
          routes,
          channel,
          tokens,
          sessions,
          AgentIdentification.NONE,
          PeopleIdentification.NONE,
          ApiTokenIdentification.NONE);
    }
  }

  /**
   * Listens and serves.
   *
   * @param listen port 0 selects a free port
   * @param tls null for plain HTTP
   * @throws IOException that names the remedy
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

  /** Replaces all routes by these. */
  public void serve(Served served) {
    edge.serve(
        new Edge.Handlers(
            new Router(served.routes()),
            new Authorization(
                served.tokens(),
                served.sessions(),
                served.agents(),
                served.people(),
                served.apiTokens()),
            served.channel()));
  }

  /**
   * Listens, and returns when connections are accepted. Until {@link #serve} is called, all other
   * routes get 503.
   *
   * @param startRoutes open routes that work from the beginning
   */
  public static HttpServer listen(
      InetSocketAddress listen,
      @Nullable TlsFiles tls,
      List<Route> startRoutes,
      EdgeLimits limits,
      Metrics metrics)
      throws IOException {
    SslContext context = tls == null ? null : TlsAdmission.context(tls);
    boolean certificates = tls != null && tls.clientCa() != null;
    Edge edge =
        new Edge(
            new Edge.Handlers(new Router(startRoutes), null, null),
            limits,
            metrics,
            context,
            certificates);
    EventLoopGroup eventLoops =
        new MultiThreadIoEventLoopGroup(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("whorl-edge", true),
            NioIoHandler.newFactory());
    ChannelFuture bound = bootstrap(eventLoops, edge).bind(listen).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
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
    HttpServer server = new HttpServer(edge, eventLoops, bound.channel(), tls);
    if (tls != null) {
      metrics.gauge(
          "whorl_tls_certificate_expires_seconds",
          "When the server's certificate ends, in seconds since 1970.",
          () -> server.certificateExpiresSeconds);
    }
    return server;
  }

  /**
   * Reads certificate and key again; new connections use them.
   *
   * @return true if they have changed
   * @throws IOException when they cannot be read; then the old ones stay in use
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
    certificateExpiresSeconds = expires(tls);
    return true;
  }

  /**
   * Closes the channels of agents whose token is in the tokens file no more.
   *
   * @param tokens what the file says now
   */
  public void closeChannelsOfRemoved(Tokens tokens) {
    edge.sockets().forEach(socket -> socket.closeIfRemoved(tokens));
  }

  /** The end of the server's own certificate, the first in its file. */
  private static long expires(TlsFiles tls) throws IOException {
    try (InputStream in = Files.newInputStream(tls.certificate())) {
      Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return certificate instanceof X509Certificate own
          ? own.getNotAfter().toInstant().getEpochSecond()
          : 0;
    } catch (CertificateException e) {
      throw new IOException(tls.certificate() + " holds no certificate in PEM", e);
    }
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

  /**
   * From now on each response ends its connection, so that a balancer chooses anew for the next
   * request. Requests are served as before.
   */
  public void drain() {
    edge.drain();
  }

  /** Returns whether the event loops answer. */
  public EdgePulse pulse() {
    return pulse;
  }

  /** Returns the address on which the server listens, with the actual port. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  /**
   * Accepts no more requests, closes channels with 1001, and waits for running requests within a
   * limit.
   */
  @Override
  public void close() {
    edge.stop();
    edge.announceStop();
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
    eventLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static ServerBootstrap bootstrap(EventLoopGroup eventLoops, Edge edge) {
    // one read at a time, so that a small request for bytes does not read more
    AdaptiveRecvByteBufAllocator reads =
        new AdaptiveRecvByteBufAllocator(512, 4096, BodyStream.READ_BYTES);
    reads.maxMessagesPerRead(1);
    return new ServerBootstrap()
        .group(eventLoops)
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
