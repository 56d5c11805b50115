package whorl.collector.http;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of one server share. */
final class Edge {
  private static final Logger ACCESS = LoggerFactory.getLogger("whorl.access");
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private volatile Front front;
  private final EdgeLimits limits;
  private final Workers workers;
  private final Metrics metrics;
  private volatile @Nullable SslContext tls;
  private final boolean needsCertificates;
  private final DenialLog denialLog = new DenialLog(System::nanoTime);
  private final Set<ChannelSocket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean stopping;

  /**
   * Who answers what.
   *
   * @param gate null while the collector recovers, and then open routes alone are answered
   * @param endpoint null as well
   */
  record Front(Router router, @Nullable Authorization gate, @Nullable ChannelEndpoint endpoint) {}

  /**
   * @param needsCertificates whether clients must show one
   */
  Edge(
      Front front,
      EdgeLimits limits,
      Metrics metrics,
      @Nullable SslContext tls,
      boolean needsCertificates) {
    this.front = front;
    this.limits = limits;
    this.workers = new Workers(limits.threads());
    this.metrics = metrics;
    this.tls = tls;
    this.needsCertificates = needsCertificates;
    metrics.gauge(
        "whorl_http_connections", "Open connections, channels included.", connections::get);
    metrics.gauge("whorl_http_requests_under_way", "At work or waiting.", workers::underWay);
    metrics.gauge("whorl_channels_open", "Open WebSocket channels.", sockets::size);
  }

  /** From now on all is answered by these. */
  void serve(Front all) {
    front = all;
  }

  Router router() {
    return front.router();
  }

  /** Whether the collector has recovered. */
  boolean serves() {
    return front.gate() != null;
  }

  /**
   * @throws ProblemException 503 while the collector recovers
   */
  Authorization gate() {
    Authorization gate = front.gate();
    if (gate == null) {
      throw recovering();
    }
    return gate;
  }

  ChannelEndpoint endpoint() {
    ChannelEndpoint endpoint = front.endpoint();
    if (endpoint == null) {
      throw recovering();
    }
    return endpoint;
  }

  static ProblemException recovering() {
    return new ProblemException(
        503,
        "recovering",
        "the collector has just started and is not ready; GET /readyz tells how far it is",
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

  /** What new connections get from now on. */
  void tls(SslContext fresh) {
    tls = fresh;
  }

  Set<ChannelSocket> sockets() {
    return sockets;
  }

  boolean stopping() {
    return stopping;
  }

  void stop() {
    stopping = true;
  }

  /** Counts the connection in, until it closes; false when there are too many. */
  boolean admit(Channel channel) {
    if (connections.incrementAndGet() > limits.sizes().maxConnections()) {
      connections.decrementAndGet();
      closed("too-many-connections");
      return false;
    }
    channel.closeFuture().addListener(done -> connections.decrementAndGet());
    return true;
  }

  /** Counts a connection that we closed for a reason. */
  void closed(String reason) {
    metrics
        .counter("whorl_http_closed_total", "Connections closed by the server.", "reason", reason)
        .increment();
  }

  /** Counts and logs one answer. The log has no path, no query and no header. */
  void answered(Exchange exchange, int status, long bytes, boolean whole) {
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
      denialLog.tell(exchange, status);
    }
    Principal principal = exchange.principal();
    String line = "{} {} {} {} B {} ms {}{}";
    Object[] values = {
      exchange.knownMethod(),
      exchange.template(),
      status,
      bytes,
      Duration.ofNanos(System.nanoTime() - exchange.startedNanos()).toMillis(),
      principal == null ? "-" : principal.name(),
      whole ? "" : " (broken off)"
    };
    if (principal == null) {
      ACCESS.debug(line, values);
    } else {
      ACCESS.info(line, values);
    }
  }
}
