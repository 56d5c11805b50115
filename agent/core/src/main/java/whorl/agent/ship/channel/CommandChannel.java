package whorl.agent.ship.channel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.Secret;
import whorl.agent.ship.net.Backoff;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.net.Network;
import whorl.agent.ship.net.Timeouts;

/**
 * Keeps one WebSocket to the collector: connects, and reconnects with backoff. Runs on the event
 * loop; {@link #wake} and {@link #close} may be called by any thread.
 */
public final class CommandChannel {
  private static final Logger log = LoggerFactory.getLogger(CommandChannel.class);
  private static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final int MAX_HANDSHAKE_BYTES = 8 << 10;

  /** Rounds of the guard without a connection, and without one being made or planned. */
  private static final int IDLE_ROUNDS = 2;

  private final Network network;
  private final CollectorUrl url;
  private final Credentials credentials;
  private final Timeouts timeouts;
  private final ChannelSession.Dependencies dependencies;
  private final Runnable whenWelcomed;
  private final Backoff backoff;
  private final EventLoop loop;
  private final AtomicBoolean flushPlanned = new AtomicBoolean();
  private @Nullable ChannelSession channelSession;
  private @Nullable Channel connecting;
  private boolean retryPlanned;
  private int idleRounds;
  private volatile boolean closed;

  /**
   * @param whenWelcomed runs on the event loop at each connection
   */
  public CommandChannel(
      Network network,
      CollectorUrl url,
      Credentials credentials,
      Timeouts timeouts,
      ChannelSession.Dependencies dependencies,
      Runnable whenWelcomed) {
    this.network = network;
    this.url = url;
    this.credentials = credentials;
    this.timeouts = timeouts;
    this.dependencies = dependencies;
    this.whenWelcomed = whenWelcomed;
    backoff = new Backoff(timeouts.firstRetry(), timeouts.longestRetry());
    loop = network.loop();
  }

  public void start() {
    dependencies.outbox().whenFilled(this::wake, this::wakeAtOnce);
    loop.execute(this::connect);
    long period = timeouts.connect().toMillis();
    loop.scheduleWithFixedDelay(this::guard, period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * Connects if nothing else is going to. Stack or memory may run out wherever the next attempt is
   * planned, and without this the channel would stay away for good.
   */
  private void guard() {
    try {
      Channel current = connecting;
      boolean idle = !closed && !retryPlanned && (current == null || !current.isOpen());
      idleRounds = idle ? idleRounds + 1 : 0;
      if (idleRounds >= IDLE_ROUNDS) {
        idleRounds = 0;
        channelSession = null;
        connect();
      }
    } catch (RuntimeException | Error noRoom) {
      // The next round tries again; there would be none if this were thrown.
      dependencies.metrics().lastError.set("channel: the guard goes on after a failure");
    }
  }

  /** The outbox has a message: sends it soon, together with those that arrive until then. */
  void wake() {
    if (loop.isShuttingDown() || flushPlanned.get() || !flushPlanned.compareAndSet(false, true)) {
      return;
    }
    boolean planned = false;
    try {
      loop.schedule(this::flush, timeouts.flush().toMillis(), TimeUnit.MILLISECONDS);
      planned = true;
    } finally {
      if (!planned) { // no memory: the next message plans it
        flushPlanned.set(false);
      }
    }
  }

  /** The outbox has a message that must be sent at once. */
  void wakeAtOnce() {
    if (!loop.isShuttingDown()) {
      loop.execute(this::flush);
    }
  }

  /** Sends the waiting messages, says goodbye and does not reconnect. */
  public CompletableFuture<Void> close(String reason) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          closed = true;
          ChannelSession open = channelSession;
          if (open == null) {
            if (connecting != null) {
              connecting.close();
            }
            done.complete(null);
          } else {
            open.goodbye(reason).addListener(sent -> done.complete(null));
          }
        });
    return done;
  }

  public boolean isClosed() {
    return closed;
  }

  private void flush() {
    flushPlanned.set(false);
    if (channelSession != null) {
      channelSession.flush();
    }
  }

  private void connect() {
    retryPlanned = false;
    connecting = null;
    if (closed) {
      return;
    }
    try {
      Secret authorization = credentials.authorization();
      SslContext tls = url.tls() ? credentials.tls() : null;
      ChannelSession next = new ChannelSession(dependencies, timeouts, new Owner());
      ChannelFuture future =
          network.connect(
              url,
              tls,
              timeouts.connect(),
              pipeline ->
                  pipeline
                      .addLast(new BacklogLimit())
                      .addLast(new IncomingLimit(System::nanoTime))
                      .addLast(new HttpClientCodec())
                      .addLast(new HttpObjectAggregator(MAX_HANDSHAKE_BYTES))
                      .addLast(new WebSocketClientProtocolHandler(config(authorization)))
                      .addLast(new WebSocketFrameAggregator(MAX_MESSAGE_BYTES))
                      .addLast(next));
      connecting = future.channel();
      future.addListener(
          connected -> {
            if (!connected.isSuccess()) {
              retry(String.valueOf(connected.cause().getMessage()), false);
            }
          });
    } catch (IOException | RuntimeException | Error e) {
      retry(String.valueOf(e.getMessage()), false);
    }
  }

  private WebSocketClientProtocolConfig config(@Nullable Secret authorization) {
    HttpHeaders headers = new DefaultHttpHeaders();
    if (authorization != null) {
      headers.set(HttpHeaderNames.AUTHORIZATION, authorization.reveal());
    }
    return WebSocketClientProtocolConfig.newBuilder()
        .webSocketUri(url.channel())
        .customHeaders(headers)
        .allowExtensions(false)
        .generateOriginHeader(false)
        .maxFramePayloadLength(MAX_MESSAGE_BYTES)
        .dropPongFrames(false)
        .handleCloseFrames(false) // the session reads the reason
        .handshakeTimeoutMillis(timeouts.connect().toMillis())
        .forceCloseTimeoutMillis(1_000)
        .build();
  }

  private void retry(String reason, boolean unauthorized) {
    if (closed) {
      return;
    }
    dependencies.metrics().lastError.set("channel: " + reason);
    log.warn("no channel to {}: {}", url, reason);
    Duration wait =
        unauthorized ? timeouts.unauthorizedRetry() : Duration.ofMillis(backoff.nextMillis());
    loop.schedule(this::connect, wait.toMillis(), TimeUnit.MILLISECONDS);
    retryPlanned = true;
  }

  /** Receives the state of a session; each call on the event loop. */
  private final class Owner implements ChannelSession.Owner {
    @Override
    public void welcomed(ChannelSession welcomed) {
      channelSession = welcomed;
      whenWelcomed.run();
    }

    @Override
    public void stable() {
      backoff.reset();
    }

    @Override
    public void ended(String reason, boolean unauthorized) {
      channelSession = null;
      connecting = null;
      retry(reason, unauthorized);
    }
  }
}
