package whorl.collector.http.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.auth.Authorization;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.limit.SlowClients;

/** The state that all connections of one server share. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails has closed the connection
final class Edge {
  private static final Logger ACCESS = LoggerFactory.getLogger("whorl.access");
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final double NANOS_PER_SECOND = 1e9;

  private volatile Handlers handlers;
  private final EdgeLimits limits;
  private final Workers workers;
  private final Metrics metrics;
  private volatile @Nullable SslContext tls;
  private final boolean needsCertificates;
  private final DenialLog denialLog = new DenialLog(System::nanoTime);
  private final Set<ChannelSocket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final SlowClients slowClients;
  private final Map<String, LongAdder> requestNanos = new ConcurrentHashMap<>();
  private volatile boolean draining;
  private volatile boolean stopping;

  /**
   * The handlers of requests.
   *
   * @param authorization null while the collector recovers; then only open routes work
   * @param endpoint null while the collector recovers
   */
  record Handlers(
      Router router, @Nullable Authorization authorization, @Nullable ChannelEndpoint endpoint) {}

  /**
   * @param needsCertificates true if clients must show a certificate
   */
  Edge(
      Handlers handlers,
      EdgeLimits limits,
      Metrics metrics,
      @Nullable SslContext tls,
      boolean needsCertificates) {
    this.handlers = handlers;
    this.limits = limits;
    this.workers = new Workers(limits.threads());
    this.slowClients = new SlowClients(limits.sizes().maxHeldBytes(), () -> closed("slow-client"));
    this.metrics = metrics;
    this.tls = tls;
    this.needsCertificates = needsCertificates;
    metrics.gauge(
        "whorl_http_connections", "Open connections, channels included.", connections::get);
    metrics.gauge("whorl_http_requests_under_way", "At work or waiting.", workers::pendingRequests);
    metrics.counters(
        "whorl_http_request_seconds_total",
        "Time from the head of each request to the end of its response, summed.",
        "route",
        this::requestSeconds);
    metrics.gauge("whorl_channels_open", "Open WebSocket channels.", sockets::size);
  }

  /** Replaces the handlers of all requests. */
  void serve(Handlers newHandlers) {
    handlers = newHandlers;
  }

  Router router() {
    return handlers.router();
  }

  /** True if the collector has recovered. */
  boolean serves() {
    return handlers.authorization() != null;
  }

  /**
   * @throws ProblemException 503 while the collector recovers
   */
  Authorization authorization() {
    Authorization authorization = handlers.authorization();
    if (authorization == null) {
      throw recovering();
    }
    return authorization;
  }

  ChannelEndpoint endpoint() {
    ChannelEndpoint endpoint = handlers.endpoint();
    if (endpoint == null) {
      throw recovering();
    }
    return endpoint;
  }

  static ProblemException recovering() {
    return new ProblemException(
        503,
        "recovering",
        "the collector has just started and is not ready; GET /readyz shows its progress",
        Map.of("Retry-After", "5"));
  }

  EdgeLimits limits() {
    return limits;
  }

  Workers workers() {
    return workers;
  }

  @Nullable SslContext tls() {
    return tls;
  }

  boolean needsCertificates() {
    return needsCertificates;
  }

  /** Sets the TLS context of new connections. */
  void tls(SslContext fresh) {
    tls = fresh;
  }

  Set<ChannelSocket> sockets() {
    return sockets;
  }

  /** What takes the memory of messages that wait to be processed, of all sockets. */
  AtomicLong waitingBytes() {
    return waitingBytes;
  }

  boolean stopping() {
    return stopping;
  }

  /** True if each response ends its connection, so that the next request goes elsewhere. */
  boolean endsConnections() {
    return draining || stopping;
  }

  void drain() {
    draining = true;
  }

  void stop() {
    stopping = true;
  }

  /** Notifies the endpoint of channels that the server stops. */
  void announceStop() {
    ChannelEndpoint endpoint = handlers.endpoint();
    if (endpoint != null) {
      endpoint.stopping();
    }
  }

  /**
   * Counts the connection until it closes. If there are too many, the one that is idle longest
   * gives way; false if none is idle.
   */
  boolean admit(Channel channel) {
    if (connections.incrementAndGet() > limits.sizes().maxConnections()) {
      closed("too-many-connections");
      if (!slowClients.closeIdle()) {
        connections.decrementAndGet();
        return false;
      }
    }
    channel.closeFuture().addListener(done -> connections.decrementAndGet());
    return true;
  }

  /** Counts what this connection takes while it waits for its client, until it closes. */
  SlowClients.Connection slowClient(SocketChannel channel) {
    SlowClients.Connection connection =
        slowClients.connection(address(channel), () -> closeNow(channel));
    channel.closeFuture().addListener(done -> connection.end());
    return connection;
  }

  /** Closes before the handler for TLS, which would wait until the client has read the rest. */
  private static void closeNow(SocketChannel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) {
      first.close();
    }
  }

  /** Returns the client's address; {@code -} if the connection is closed already. */
  static String address(SocketChannel channel) {
    InetSocketAddress remote = channel.remoteAddress();
    return remote == null ? "-" : remote.getAddress().getHostAddress();
  }

  /** Counts a connection that the server closed for this reason. */
  void closed(String reason) {
    metrics
        .counter("whorl_http_closed_total", "Connections closed by the server.", "reason", reason)
        .increment();
  }

  private Map<String, Double> requestSeconds() {
    Map<String, Double> seconds = new TreeMap<>();
    requestNanos.forEach((route, nanos) -> seconds.put(route, nanos.sum() / NANOS_PER_SECOND));
    return seconds;
  }

  /** Counts and logs one response. The log has no path, no query and no header. */
  void answered(Exchange exchange, int status, long bytes, boolean complete) {
    long nanos = System.nanoTime() - exchange.startedNanos();
    requestNanos.computeIfAbsent(exchange.template(), route -> new LongAdder()).add(nanos);
    metrics
        .counter(
            "whorl_http_requests_total",
            "Requests answered.",
            "method",
            exchange.knownMethod(),
            "route",
            exchange.template(),
            "status",
            Integer.toString(status))
        .increment();
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      denialLog.log(exchange, status);
    }
    Principal principal = exchange.principal();
    String line = "{} {} {} {} B {} ms {}{}";
    Object[] values = {
      exchange.knownMethod(),
      exchange.template(),
      status,
      bytes,
      Duration.ofNanos(nanos).toMillis(),
      principal == null ? "-" : principal.name(),
      complete ? "" : " (broken off)"
    };
    if (principal == null) {
      ACCESS.debug(line, values);
    } else {
      ACCESS.info(line, values);
    }
  }
}
