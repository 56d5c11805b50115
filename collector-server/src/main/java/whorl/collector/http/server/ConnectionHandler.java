package whorl.collector.http.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Route;
import whorl.collector.limit.SlowClients;

/**
 * Handles one connection's requests, one after the other. Everything runs on the connection's event
 * loop; the {@link Dispatcher} passes requests on to workers. The socket is read only when bytes
 * are needed.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write or close that fails ends the connection anyhow
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

  /** Limit for decoded parts of pipelined requests. */
  private static final int MAX_PIPELINED = 64;

  /** Shorter lines do not count: most clients have such, and what they take is little. */
  private static final int SHORT_LINE_BYTES = 4 << 10;

  private static final long LINGER_SECONDS = 2;
  private static final Set<String> PROBES = Set.of("/healthz", "/readyz");

  private final SocketChannel channel;
  private final Edge edge;
  private final HeaderDeadline deadline;
  private final StrictRequestDecoder requests;
  private final HeadCheck check;
  private final Dispatcher dispatcher;
  private final Deque<HttpObject> pipelined = new ArrayDeque<>(2);
  private final SlowClients.Connection slowClient;
  private @Nullable Exchange current;

  /** The route of {@link #current} while its body is awaited. */
  private @Nullable Route awaitingRoute;

  /** Set while {@link #awaitingRoute} is; it holds the request. */
  private @Nullable Future<?> bodyDeadline;

  private boolean closing;

  /** Of the response that the client has not read yet, with the head of its request. */
  private long unreadBytes;

  ConnectionHandler(
      SocketChannel channel,
      Edge edge,
      HeaderDeadline deadline,
      StrictRequestDecoder requests,
      SlowClients.Connection slowClient) {
    this.channel = channel;
    this.edge = edge;
    this.deadline = deadline;
    this.requests = requests;
    this.slowClient = slowClient;
    this.check = new HeadCheck(edge);
    this.dispatcher = new Dispatcher(channel, edge, new ResponseSender(channel, edge, responses()));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    slowClient.idle();
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    HttpObject part = (HttpObject) message;
    if (closing) {
      ReferenceCountUtil.release(part);
    } else if (current != null && (part instanceof HttpRequest || !pipelined.isEmpty())) {
      queuePipelined(part);
    } else {
      process(part);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    measure();
    if (current != null && (awaitingRoute != null || current.stream().mayReadAgain())) {
      context.read();
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof HeaderDeadline.Late late) {
      headersLate(late.silent());
    } else if (event instanceof IdleStateEvent && (current == null || current.responding())) {
      edge.closed(current == null ? "idle" : "slow-reader");
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    if (current != null) {
      current.stream().broken(new IOException("the client closed the connection"));
      if (awaitingRoute != null) {
        current.stream().release(); // no worker will answer, and so release it
      }
    }
    Route unused = endAwaiting();
    dropPipelined();
  }

  /** What a worker reads is limited by the number of workers, however slowly it comes. */
  private void measure() {
    if (current != null && current.stream().started() && unreadBytes == 0) {
      slowClient.progressed();
    } else {
      slowClient.measure();
    }
  }

  /** What takes memory while the client is waited for, in bytes. Called on the event loop. */
  long heldBytes() {
    int longest = requests.lineBytes();
    long line = longest > SHORT_LINE_BYTES ? longest : 0;
    if (current == null) {
      return line;
    }
    long head = awaitingRoute == null ? 0 : current.headBytes();
    return line + head + current.stream().heldBytes() + unreadBytes + pipelinedBytes();
  }

  /** The parts share what one read brought, and heads and trailers take more than their text. */
  private long pipelinedBytes() {
    long bytes = pipelined.isEmpty() ? 0 : BodyStream.READ_BYTES;
    for (HttpObject part : pipelined) {
      if (part instanceof HttpRequest head) {
        bytes += StrictRequestDecoder.headBytes(head);
      }
      if (part instanceof LastHttpContent last) {
        bytes += StrictRequestDecoder.headerBytes(last.trailingHeaders());
      }
    }
    return bytes;
  }

  private void dropPipelined() {
    pipelined.forEach(ReferenceCountUtil::release);
    pipelined.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // scanners and broken networks are too common for a higher level
    LOG.debug("connection from {} failed", channel.remoteAddress(), cause);
    edge.closed("failed");
    channel.close();
  }

  private void queuePipelined(HttpObject part) {
    pipelined.add(part);
    if (pipelined.size() > MAX_PIPELINED) {
      edge.closed("pipelining");
      closing = true;
      channel.close();
    }
  }

  private void process(HttpObject part) {
    try {
      if (part instanceof HttpRequest head) {
        begin(head);
      }
      if (part instanceof HttpContent content && current != null && !current.received()) {
        body(current, content);
      }
    } finally {
      ReferenceCountUtil.release(part);
    }
  }

  private void begin(HttpRequest head) {
    deadline.headersArrived();
    slowClient.progressed();
    Exchange exchange = exchange(head);
    current = exchange;
    if (HeadCheck.bodyless(head)) {
      exchange.markReceived();
      exchange.stream().complete();
    }
    try {
      requireCertificate(head);
      Route route = check.admit(exchange);
      if (route != null && awaitsBody(exchange, route)) {
        awaitBody(exchange, route);
      } else if (route != null) {
        dispatch(exchange, route);
      } else {
        // after the decoder has finished this request
        channel.eventLoop().execute(() -> upgrade(exchange));
      }
    } catch (ProblemException problem) {
      dispatcher.refuse(exchange, problem);
    }
  }

  /** If client certificates are required, only health probes work without one. */
  private void requireCertificate(HttpRequest head) {
    if (edge.needsCertificates() && !PROBES.contains(head.uri()) && certificate() == null) {
      throw new ProblemException(
          403,
          "no client certificate",
          "this collector accepts only clients with a certificate of its authority (--client-ca)");
    }
  }

  /** The client's own certificate, which the handshake has verified; null if it showed none. */
  private @Nullable X509Certificate certificate() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    try {
      return tls != null
              && tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate own
          ? own
          : null;
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  private void body(Exchange exchange, HttpContent content) {
    if (content.decoderResult().isFailure()) {
      ProblemException malformed =
          new ProblemException(400, "bad chunk", "the body is not well chunked");
      closing = true;
      if (awaitingRoute == null) {
        exchange.stream().refuse(malformed);
      } else {
        Route unused = endAwaiting();
        dispatcher.refuse(exchange, malformed);
      }
      return;
    }
    exchange.stream().offer(content.content());
    if (content instanceof LastHttpContent) {
      exchange.markReceived();
      exchange.stream().complete();
      slowClient.progressed();
      dispatchAwaiting(exchange);
    }
  }

  /** True if the route is open, such as a login. Open routes have few workers. */
  private static boolean awaitsBody(Exchange exchange, Route route) {
    return route.needs() == null && route.maxBodyBytes() > 0 && !exchange.received();
  }

  /** Waits until the whole small body is received before it takes a worker. */
  private void awaitBody(Exchange exchange, Route route) {
    awaitingRoute = route;
    sendContinue();
    bodyDeadline =
        channel
            .eventLoop()
            .schedule(
                () -> bodyLate(exchange),
                edge.limits().times().headers().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** Returns the route whose body was awaited; null if none was. */
  private @Nullable Route endAwaiting() {
    Route route = awaitingRoute;
    awaitingRoute = null;
    if (bodyDeadline != null) {
      bodyDeadline.cancel(false);
      bodyDeadline = null;
    }
    return route;
  }

  private void dispatchAwaiting(Exchange exchange) {
    Route route = endAwaiting();
    if (route != null) {
      try {
        dispatch(exchange, route);
      } catch (ProblemException problem) {
        dispatcher.refuse(exchange, problem);
      }
    }
  }

  private void dispatch(Exchange exchange, Route route) {
    slowClient.busy();
    dispatcher.dispatch(exchange, route);
  }

  private void bodyLate(Exchange exchange) {
    if (awaitingRoute != null && current == exchange) {
      Route unused = endAwaiting();
      edge.closed("slow-body");
      dispatcher.refuse(
          exchange,
          new ProblemException(
              408, "body too slow", "such a small body must be sent without a pause"));
    }
  }

  private void upgrade(Exchange exchange) {
    current = null;
    closing = true;
    dropPipelined();
    ChannelUpgrade.start(channel, edge, exchange, slowClient);
  }

  private ResponseSender.SentListener responses() {
    return new ResponseSender.SentListener() {
      @Override
      public void sent(Exchange exchange, boolean complete) {
        ConnectionHandler.this.sent(exchange, complete);
        measure();
      }

      @Override
      public void unread(long bytes) {
        unreadBytes = bytes + (current == null ? 0 : current.headBytes());
        slowClient.idle();
        measure();
      }
    };
  }

  private void sent(Exchange exchange, boolean complete) {
    exchange.stream().release();
    current = null;
    unreadBytes = 0;
    slowClient.progressed();
    slowClient.idle();
    if (!complete) {
      channel.close();
    } else if (exchange.keptAlive()) {
      deadline.requestEnded();
      resume();
    } else if (exchange.received()) {
      channel.close();
    } else {
      linger();
    }
  }

  private void resume() {
    while (!pipelined.isEmpty()
        && (current == null || !(pipelined.peek() instanceof HttpRequest))) {
      process(pipelined.remove());
    }
    if (current == null || current.stream().mayReadAgain()) {
      channel.read();
    }
  }

  /**
   * Closes the collector's half of the connection and drops what the client still sends, for two
   * seconds. Closing with unread bytes would reset the connection, and the client might never see
   * the response.
   */
  private void linger() {
    closing = true;
    channel.config().setAutoRead(true);
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound();
    }
    channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
  }

  private void headersLate(boolean silent) {
    edge.closed("slow-headers");
    if (silent || current != null) {
      channel.close();
      return;
    }
    HttpRequest placeholder = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    Exchange exchange = exchange(placeholder);
    current = exchange;
    dispatcher.refuse(
        exchange,
        new ProblemException(
            408,
            "headers too slow",
            "all headers must arrive within "
                + edge.limits().times().headers().toMillis()
                + " ms"));
  }

  private Exchange exchange(HttpRequest head) {
    BodyStream body = new BodyStream(source(), edge.limits().times());
    return new Exchange(head, Edge.address(channel), certificate(), body, System.nanoTime());
  }

  private BodyStream.Source source() {
    return new BodyStream.Source() {
      @Override
      public void bodyRequested() {
        channel.eventLoop().execute(ConnectionHandler.this::bodyRequested);
      }

      @Override
      public void readMore() {
        channel.eventLoop().execute(() -> channel.read());
      }
    };
  }

  private void bodyRequested() {
    sendContinue();
    measure();
  }

  private void sendContinue() {
    if (current != null && !current.received() && HttpUtil.is100ContinueExpected(current.head())) {
      channel.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }
}
