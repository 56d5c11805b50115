package whorl.agent.ship;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.redact.MaskedJson;
import whorl.evidence.AgentCosts;
import whorl.evidence.AgentMessage;
import whorl.evidence.CollectorMessage;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;

/** One connection of the channel, from its handshake to its end. Lives on the event loop. */
final class ChannelSession extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final Logger log = LoggerFactory.getLogger(ChannelSession.class);
  private static final int MAX_MESSAGE_BYTES = 900 << 10;
  private static final int MAX_BATCH_LINES = 256;
  private static final int MAX_HEARTBEAT_SECONDS = 300;
  private static final int SILENT_HEARTBEATS = 3;
  private static final String CLOSED = "the collector closed the channel";

  private final Parts parts;
  private final Timeouts timeouts;
  private final Owner owner;
  private @Nullable ChannelHandlerContext context;
  private long greetedNanos;
  private boolean welcomed;
  private boolean alertJournals;
  private boolean ended;
  private boolean selfTesting;
  private boolean unauthorized;
  private String endReason = CLOSED;
  private long lastReadNanos = System.nanoTime();
  private Map<String, Object> toldCapabilities = Map.of();

  ChannelSession(Parts parts, Timeouts timeouts, Owner owner) {
    this.parts = parts;
    this.timeouts = timeouts;
    this.owner = owner;
  }

  /** What outlives a connection. */
  record Parts(
      AgentSelf presence,
      MaskedJson json,
      Outbox outbox,
      CommandListener listener,
      ShipMetrics metrics,
      SelfTests selfTests) {}

  /** Who keeps the connection. */
  interface Owner {
    void welcomed(ChannelSession channelSession);

    /** It has lived for a heartbeat. */
    void settled();

    void ended(String reason, boolean unauthorized);
  }

  /** Sends what waits in the outbox, as far as the connection takes it. */
  void flush() {
    ChannelHandlerContext to = context;
    if (to == null || !welcomed) {
      return;
    }
    for (AgentMessage.AlertRaised alert : parts.outbox().takeAlerts(alertJournals)) {
      if (Outbox.isSelfTest(alert)) {
        selfTested(alert);
      } else {
        send(to, fitting(alert));
      }
    }
    for (AgentMessage.AlertJournal journal : parts.outbox().takeAlertJournals()) {
      if (alertJournals) {
        send(to, fitting(journal));
      } else {
        parts.outbox().lost(journal.events().size());
      }
    }
    for (AgentMessage.CaptureProgress progress : parts.outbox().takeProgress()) {
      send(to, parts.json().bytes(progress));
    }
    AgentMessage.RulesLoaded loaded = parts.outbox().takeRulesLoaded();
    if (loaded != null) {
      send(to, parts.json().bytes(loaded));
    }
    while (to.channel().isWritable()) {
      List<EventLine> lines = parts.outbox().takeJournal(MAX_BATCH_LINES);
      if (lines.isEmpty()) {
        return;
      }
      journal(to, lines);
    }
  }

  /** An alert of a self-test ends here; the next report says so. */
  private void selfTested(AgentMessage.AlertRaised raised) {
    if (raised.alert().fields().get("number") instanceof Number number) {
      parts.selfTests().cameOut(number.longValue());
    }
  }

  private void report(ChannelHandlerContext to) {
    AgentMessage.SelfTest report = parts.selfTests().report();
    if (selfTesting && report.number() > 0) {
      send(to, parts.json().bytes(report));
    }
  }

  /**
   * Reports in any case: that no test came through is what the collector has to learn. Each time is
   * planned after the one before, so that a JVM that stood still does not report in a burst.
   */
  private void reportAgain(ChannelHandlerContext to, int seconds) {
    if (!ended) {
      report(to);
      to.executor().schedule(() -> reportAgain(to, seconds), seconds, TimeUnit.SECONDS);
    }
  }

  ChannelFuture goodbye(String reason) {
    ChannelHandlerContext to = context;
    if (to == null) {
      throw new IllegalStateException("goodbye before the handshake");
    }
    flush();
    send(to, parts.json().bytes(new AgentMessage.Goodbye(reason)));
    return to.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      toldCapabilities = asked(parts.presence().capabilities());
      greetedNanos = System.nanoTime();
      send(
          context,
          parts
              .json()
              .bytes(
                  new AgentMessage.Hello(
                      parts.presence().identity(),
                      parts.presence().publicKey(),
                      toldCapabilities)));
      context
          .executor()
          .schedule(
              () -> {
                if (!welcomed) {
                  endReason = "no welcome came";
                  context.close();
                }
              },
              timeouts.connect().toMillis(),
              TimeUnit.MILLISECONDS);
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    lastReadNanos = System.nanoTime();
    // Before anything is parsed: the first message's classes may take a while to load.
    Instant arrived = welcomed ? null : Instant.now();
    if (frame instanceof TextWebSocketFrame text) {
      read(context, text.text(), arrived);
    } else if (frame instanceof CloseWebSocketFrame close) {
      String reason = close.reasonText();
      endReason = CLOSED + (reason.isEmpty() ? "" : ": " + reason);
      context
          .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      flush();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!ended) {
      ended = true;
      welcomed = false;
      parts.outbox().disconnected();
      owner.ended(endReason, unauthorized);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    endReason = String.valueOf(cause.getMessage());
    if (cause instanceof WebSocketClientHandshakeException refused) {
      HttpResponse response = refused.response();
      int status = response == null ? 0 : response.status().code();
      unauthorized = status == 401 || status == 403;
      endReason = "the collector refuses the channel: " + (response == null ? endReason : status);
    }
    context.close();
  }

  private void read(ChannelHandlerContext context, String text, @Nullable Instant arrived) {
    CollectorMessage message;
    try {
      message = Json.LENIENT.readValue(text, CollectorMessage.class);
    } catch (IOException | IllegalArgumentException e) {
      // A newer collector may say more than this agent knows.
      parts.metrics().messagesNotUnderstood.incrementAndGet();
      log.warn("a message of the collector is not understood: {}", e.getMessage());
      return;
    }
    if (message instanceof CollectorMessage.Welcome welcome) {
      if (arrived != null) {
        welcome(context, welcome, arrived);
      }
    } else if (message instanceof CollectorMessage.Challenge challenge) {
      prove(context, challenge);
    } else if (message instanceof CollectorMessage.AlertVerdict verdict) {
      parts.outbox().verdict(verdict);
    } else if (message instanceof CollectorMessage.StartCapture request) {
      try {
        parts.listener().capture(request);
      } catch (RuntimeException e) {
        log.error("a capture that the collector asked for cannot be started", e);
      }
    } else {
      rules(message);
    }
  }

  /** Only before the welcome: a collector has no reason to ask later. */
  private void prove(ChannelHandlerContext context, CollectorMessage.Challenge challenge) {
    SigningKey key = parts.presence().key();
    if (welcomed || key == null) {
      return;
    }
    try {
      String signature = key.prove(parts.presence().identity().id(), challenge.nonce());
      greetedNanos = System.nanoTime(); // signing is no part of the round trip
      send(context, parts.json().bytes(new AgentMessage.Proof(signature)));
    } catch (IllegalArgumentException | IllegalStateException e) {
      endReason = "the collector's challenge cannot be answered: " + e.getMessage();
      context.close();
    }
  }

  private void rules(CollectorMessage message) {
    try {
      if (message instanceof CollectorMessage.RulesWanted wanted) {
        parts.listener().rules(wanted);
      } else if (message instanceof CollectorMessage.RuleText text) {
        parts.listener().rules(text);
      }
    } catch (RuntimeException e) {
      log.error("rules of the collector cannot be taken", e);
    }
  }

  private void welcome(
      ChannelHandlerContext context, CollectorMessage.Welcome welcome, Instant arrived) {
    welcomed = true;
    alertJournals = welcome.alertJournals();
    parts.metrics().connections.incrementAndGet();
    Duration roundTrip = Duration.ofNanos(System.nanoTime() - greetedNanos);
    parts.metrics().clockOffset.set(ClockOffset.of(arrived, welcome.time(), roundTrip));
    parts.outbox().connected();
    owner.welcomed(this);
    int seconds = Math.max(1, Math.min(MAX_HEARTBEAT_SECONDS, welcome.heartbeatSeconds()));
    context.executor().schedule(() -> beat(context, seconds), seconds, TimeUnit.SECONDS);
    if (welcome.selfTestSeconds() > 0) {
      selfTesting = true;
      int between = Math.min(MAX_HEARTBEAT_SECONDS, welcome.selfTestSeconds());
      context.executor().schedule(() -> reportAgain(context, between), between, TimeUnit.SECONDS);
    }
    flush();
  }

  private void beat(ChannelHandlerContext context, int seconds) {
    if (ended) {
      return;
    }
    long silentNanos = System.nanoTime() - lastReadNanos;
    if (silentNanos > TimeUnit.SECONDS.toNanos((long) seconds * SILENT_HEARTBEATS)) {
      endReason = "the collector was silent for " + SILENT_HEARTBEATS + " heartbeats";
      context.close();
      return;
    }
    owner.settled();
    Map<String, Object> capabilities = asked(parts.presence().capabilities());
    boolean changed = !capabilities.equals(toldCapabilities);
    toldCapabilities = capabilities;
    send(
        context,
        parts
            .json()
            .bytes(
                new AgentMessage.Status(
                    asked(parts.presence().losses()), changed ? capabilities : null, costs())));
    context.writeAndFlush(new PingWebSocketFrame());
    context.executor().schedule(() -> beat(context, seconds), seconds, TimeUnit.SECONDS);
  }

  private void journal(ChannelHandlerContext to, List<EventLine> lines) {
    byte[] message = parts.json().bytes(new AgentMessage.Journal(lines));
    if (message.length <= MAX_MESSAGE_BYTES) {
      send(to, message)
          .addListener(
              sent -> {
                if (!sent.isSuccess()) {
                  parts.outbox().lost(lines.size());
                }
              });
    } else if (lines.size() == 1) {
      parts.outbox().lost(1);
    } else {
      int half = lines.size() / 2;
      journal(to, lines.subList(0, half));
      journal(to, lines.subList(half, lines.size()));
    }
  }

  /** The alert with as much of its journal, the newest, as a message may hold. */
  private byte[] fitting(AgentMessage.AlertJournal journal) {
    List<EventLine> events = journal.events();
    byte[] message = parts.json().bytes(journal);
    while (message.length > MAX_MESSAGE_BYTES && !events.isEmpty()) {
      events = later(events);
      message = parts.json().bytes(new AgentMessage.AlertJournal(journal.alert(), events));
    }
    return message;
  }

  /** The later half; the others are lost. */
  private List<EventLine> later(List<EventLine> events) {
    int gone = (events.size() + 1) / 2;
    parts.outbox().lost(gone);
    return new ArrayList<>(events.subList(gone, events.size()));
  }

  private byte[] fitting(AgentMessage.AlertRaised raised) {
    List<EventLine> journal = raised.journal();
    byte[] message = parts.json().bytes(raised);
    while (message.length > MAX_MESSAGE_BYTES && !journal.isEmpty()) {
      journal = later(journal);
      message =
          parts
              .json()
              .bytes(
                  new AgentMessage.AlertRaised(
                      raised.alert(), raised.capture(), journal, raised.joined()));
    }
    return message;
  }

  private static ChannelFuture send(ChannelHandlerContext to, byte[] message) {
    return to.writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(message)));
  }

  /** A heartbeat without them is better than none. */
  private @Nullable AgentCosts costs() {
    try {
      return parts.presence().costs().get();
    } catch (RuntimeException e) {
      log.error("what the agent costs cannot be had", e);
      return null;
    }
  }

  private static <V> Map<String, V> asked(Supplier<Map<String, V>> supplier) {
    try {
      return new HashMap<>(supplier.get());
    } catch (RuntimeException e) {
      log.error("what the agent tells of itself cannot be had", e);
      return Map.of();
    }
  }
}
