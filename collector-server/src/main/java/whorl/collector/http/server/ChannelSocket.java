package whorl.collector.http.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.auth.Tokens;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.Principal;
import whorl.collector.limit.SlowClients;

/**
 * One agent's WebSocket after the upgrade. Its callbacks run one after the other on the workers for
 * channels. The socket is read again when they are done, so TCP slows down an agent that sends
 * faster than the collector processes. An idle socket holds no thread and no buffer.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write or close that fails ends the connection anyhow
final class ChannelSocket extends SimpleChannelInboundHandler<WebSocketFrame>
    implements ChannelEndpoint.Peer {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelSocket.class);

  /** More than the well-formed messages of one read. */
  private static final int MAX_WAITING_MESSAGES = 4096;

  /** What a message that waits takes besides its text. */
  private static final int MESSAGE_OVERHEAD_BYTES = 256;

  /** A socket whose own messages take less is not closed because of those of others. */
  private static final int OWN_WAITING_BYTES = 16 << 10;

  private static final long PAUSE_MILLIS = 250;
  private static final int MAX_REASON_BYTES = 120;
  private static final long CLOSE_SECONDS = 2;

  private final Channel channel;
  private final Edge edge;
  private final Principal principal;
  private final String remoteAddress;
  private final SlowClients.Connection slowClient;
  private final SerialExecutor callbacks;
  private final AtomicInteger queuedBytes = new AtomicInteger();
  private final AtomicInteger waitingBytes = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  /** Used by callbacks only. */
  private ChannelEndpoint.@Nullable Listener listener;

  /** Used by the event loop only. */
  private int queuedCallbacks;

  /** True if the socket is read later. Written by the event loop only. */
  private volatile boolean paused;

  /** True while a callback waits or runs. Written by the event loop only. */
  private volatile boolean processing;

  /** Written by the event loop only. */
  private volatile boolean closing;

  ChannelSocket(
      Channel channel,
      Edge edge,
      Principal principal,
      String remoteAddress,
      SlowClients.Connection slowClient) {
    this.channel = channel;
    this.edge = edge;
    this.principal = principal;
    this.remoteAddress = remoteAddress;
    this.slowClient = slowClient;
    this.callbacks = new SerialExecutor(edge.workers().channels());
  }

  /** Completes after the last callback. */
  CompletableFuture<@Nullable Void> ended() {
    return ended;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    edge.sockets().add(this);
    callback(() -> listener = edge.endpoint().opened(this, principal));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (closing) {
      if (frame instanceof CloseWebSocketFrame) {
        channel.close();
      }
      return;
    }
    if (frame instanceof TextWebSocketFrame text) {
      slowClient.progressed();
      if (queuedCallbacks == MAX_WAITING_MESSAGES) {
        edge.closed("message-flood");
        channel.close();
        return;
      }
      int bytes = text.content().readableBytes() + MESSAGE_OVERHEAD_BYTES;
      if (!admitted(bytes)) {
        edge.closed("too-many-messages");
        channel.close();
        return;
      }
      String message = text.text();
      callback(
          () -> {
            try {
              if (listener != null) {
                listener.text(message);
              }
            } finally {
              processed(bytes);
            }
          });
    } else if (frame instanceof PingWebSocketFrame ping) {
      int bytes = ping.content().readableBytes() + MESSAGE_OVERHEAD_BYTES;
      write(new PongWebSocketFrame(ping.content().retain()), bytes);
    } else if (frame instanceof CloseWebSocketFrame close) {
      context.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
    } else if (!(frame instanceof PongWebSocketFrame)) {
      close(1003, "text messages only");
    }
  }

  /** Counts a message that waits; false if there is no room for it. */
  private boolean admitted(int bytes) {
    int own = waitingBytes.addAndGet(bytes);
    long all = edge.waitingBytes().addAndGet(bytes);
    if (own <= OWN_WAITING_BYTES || all <= 2L * edge.limits().sizes().maxWaitingBytes()) {
      return true;
    }
    processed(bytes);
    return false;
  }

  private void processed(int bytes) {
    waitingBytes.addAndGet(-bytes);
    edge.waitingBytes().addAndGet(-bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    slowClient.measure();
    readIfIdle();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    edge.sockets().remove(this);
    callback(
        () -> {
          try {
            if (listener != null) {
              listener.closed();
            }
          } finally {
            ended.complete(null);
          }
        });
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // while callbacks run or wait, the socket is not read, so this silence is not the agent's
    if (event instanceof IdleStateEvent && queuedCallbacks == 0 && !paused) {
      callback(
          () -> {
            if (listener == null || !listener.lives()) {
              edge.closed("silent-channel");
              close(
                  1001, "no message for " + edge.limits().times().channelIdle().toSeconds() + " s");
            }
          });
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("channel of {}", principal.name(), cause);
    if (cause instanceof TooLongFrameException) {
      edge.closed("message-too-large");
      close(1009, "messages have at most " + edge.limits().sizes().maxMessageBytes() + " bytes");
    } else if (cause instanceof CorruptedWebSocketFrameException bad) {
      edge.closed("bad-frame");
      close(bad.closeStatus().code(), bad.closeStatus().reasonText());
    } else {
      channel.close();
    }
  }

  @Override
  public boolean send(String message) {
    byte[] utf8 = message.getBytes(StandardCharsets.UTF_8);
    if (closing || !channel.isActive()) {
      return false;
    }
    return write(new TextWebSocketFrame(Unpooled.wrappedBuffer(utf8)), utf8.length);
  }

  /** Queues a frame; closes the socket, once, if its peer does not read. */
  private boolean write(WebSocketFrame frame, int bytes) {
    int maxBytes = edge.limits().sizes().maxQueuedBytes();
    int queued = queuedBytes.addAndGet(bytes);
    if (queued > maxBytes) {
      frame.release();
      if (queued - bytes <= maxBytes) {
        edge.closed("slow-channel");
        channel.close();
      }
      return false;
    }
    channel.writeAndFlush(frame).addListener(done -> queuedBytes.addAndGet(-bytes));
    return true;
  }

  @Override
  public void close(int code, String reason) {
    if (channel.isActive()) {
      channel.eventLoop().execute(() -> startClosing(code, reason));
    }
  }

  /** Closes it if the token with which it was opened is not valid any more. */
  void closeIfRemoved(Tokens tokens) {
    AgentProof proof = principal.proof();
    boolean byToken =
        proof != null && (proof.isShared() || proof.kind() == AgentProof.Kind.ENROLMENT_TOKEN);
    if (byToken && !closing && !tokens.knows(principal)) {
      edge.closed("removed-token");
      close(1008, "this agent's token is no longer valid");
    }
  }

  @Override
  public String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public void accepted() {
    slowClient.busy();
  }

  @Override
  public boolean hasUnprocessedMessages() {
    return processing || paused;
  }

  @Override
  public boolean isGone() {
    return !channel.isActive();
  }

  /**
   * The closing handshake of RFC 6455, 7.1.2: reads and drops further messages until the peer
   * answers, for two seconds at most. Closing with unread bytes would reset the connection, and the
   * peer might never get the reason.
   */
  private void startClosing(int code, String reason) {
    if (closing || !channel.isActive()) {
      return;
    }
    closing = true;
    channel.writeAndFlush(new CloseWebSocketFrame(code, shorten(reason)));
    channel.config().setAutoRead(true);
    channel.eventLoop().schedule(() -> channel.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Queues a callback. The socket is read again when no callback is left. Called on the event loop.
   */
  private void callback(Runnable work) {
    queuedCallbacks++;
    processing = true;
    callbacks.execute(
        () -> {
          try {
            work.run();
          } catch (RuntimeException fault) {
            LOG.warn("channel of {} is closed: its listener failed", principal.name(), fault);
            close(1011, "the collector failed; see its log");
          } finally {
            if (channel.isActive()) {
              channel.eventLoop().execute(this::callbackDone);
            }
          }
        });
  }

  private void callbackDone() {
    queuedCallbacks--;
    processing = queuedCallbacks > 0;
    readIfIdle();
  }

  private void readIfIdle() {
    if (queuedCallbacks > 0 || paused || !channel.isActive()) {
      return;
    }
    if (edge.waitingBytes().get() > edge.limits().sizes().maxWaitingBytes()) {
      paused = true;
      channel.eventLoop().schedule(this::resume, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      channel.read();
    }
  }

  private void resume() {
    paused = false;
    readIfIdle();
  }

  private static String shorten(String reason) {
    String text = reason;
    while (text.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
      text = text.substring(0, text.length() - 1);
    }
    return text;
  }
}
