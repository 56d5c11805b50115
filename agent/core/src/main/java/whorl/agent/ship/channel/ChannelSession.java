package whorl.agent.ship.channel;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.redact.stream.MaskedJson;
import whorl.agent.ship.net.ClockOffset;
import whorl.agent.ship.net.ShipMetrics;
import whorl.agent.ship.net.Timeouts;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentCosts;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** One connection of the channel, from handshake to end. Runs on the event loop. */
public final class ChannelSession extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final Logger log = LoggerFactory.getLogger(ChannelSession.class);
  private static final int MAX_BATCH_LINES = 256;
  private static final int MAX_HEARTBEAT_SECONDS = 300;
  private static final int SILENT_HEARTBEATS = 3;
  private static final String CLOSED = "the collector closed the channel";

  private final Dependencies dependencies;
  private final Timeouts timeouts;
  private final Owner owner;
  private final Outgoing outgoing;
  private @Nullable ChannelHandlerContext context;
  private long greetedNanos;
  private boolean welcomed;
  private boolean alertJournals;
  private boolean ended;
  private boolean selfTesting;
  private boolean unauthorized;
  private boolean proved;
  private String endReason = CLOSED;
  private long lastReadNanos = System.nanoTime();
  private Map<String, Object> reportedCapabilities = Map.of();

  ChannelSession(Dependencies dependencies, Timeouts timeouts, Owner owner) {
    this.dependencies = dependencies;
    this.timeouts = timeouts;
    this.owner = owner;
    this.outgoing = new Outgoing(dependencies.json(), dependencies.outbox(), dependencies.chain());
  }

  /** The objects that outlive a connection. */
  public record Dependencies(
      AgentSelf agentSelf,
      MaskedJson json,
      Outbox outbox,
      MessageChain chain,
      CommandListener listener,
      ShipMetrics metrics,
      SelfTests selfTests) {}

  /** Keeps the connection. */
  interface Owner {
    void welcomed(ChannelSession channelSession);

    /** The connection has lasted for a heartbeat. */
    void stable();

    void ended(String reason, boolean unauthorized);
  }

  /** Sends the messages in the outbox as long as the connection is writable. */
  void flush() {
    ChannelHandlerContext to = context;
    if (to == null || !welcomed) {
      return;
    }
    outgoing.sendWaiting(to);
    for (AgentMessage.AlertRaised alert : dependencies.outbox().takeAlerts(alertJournals)) {
      if (Outbox.isSelfTest(alert)) {
        recordSelfTest(alert);
      } else {
        outgoing.alert(to, alert);
      }
    }
    for (AgentMessage.AlertJournal journal : dependencies.outbox().takeAlertJournals()) {
      if (alertJournals) {
        outgoing.alertJournal(to, journal);
      } else {
        dependencies.outbox().lost(journal.events().size());
      }
    }
    for (AgentMessage.CaptureProgress progress : dependencies.outbox().takeProgress()) {
      outgoing.send(to, progress);
    }
    AgentMessage.RulesLoaded loaded = dependencies.outbox().takeRulesLoaded();
    if (loaded != null) {
      outgoing.send(to, loaded);
    }
    flushHunts(to);
    flushProbes(to);
    while (to.channel().isWritable()) {
      List<EventLine> lines = dependencies.outbox().takeJournal(MAX_BATCH_LINES);
      if (lines.isEmpty()) {
        flushLibraries(to);
        return;
      }
      outgoing.journal(to, lines);
    }
  }

  private void flushHunts(ChannelHandlerContext to) {
    while (to.channel().isWritable()) {
      AgentMessage.HuntAnswer next = dependencies.outbox().takeHuntAnswer();
      if (next == null) {
        return;
      }
      outgoing.send(to, next);
    }
  }

  private void flushProbes(ChannelHandlerContext to) {
    while (to.channel().isWritable()) {
      AgentMessage.ProbeReport next = dependencies.outbox().takeProbeReport();
      if (next == null) {
        return;
      }
      outgoing.send(to, next);
    }
  }

  /** They come last, because nothing waits for them. */
  private void flushLibraries(ChannelHandlerContext to) {
    while (to.channel().isWritable()) {
      AgentMessage next = dependencies.outbox().takeLibraries();
      if (next == null) {
        return;
      }
      outgoing.send(to, next);
    }
  }

  /** Ends the alert of a self-test here; the next report includes it. */
  private void recordSelfTest(AgentMessage.AlertRaised raised) {
    if (raised.alert().fields().get("number") instanceof Number number) {
      dependencies.selfTests().onSelfTestReceived(number.longValue());
    }
  }

  private void report(ChannelHandlerContext to) {
    AgentMessage.SelfTest report = dependencies.selfTests().report();
    if (selfTesting && report.number() > 0) {
      outgoing.send(to, report);
    }
  }

  /**
   * Reports even if no test came through, because the collector must learn that. Only one report is
   * scheduled at a time, so that a JVM that was suspended does not report in a burst; it is
   * scheduled first, because there may be no memory for a report.
   */
  private void scheduleReports(ChannelHandlerContext to, int seconds) {
    if (!ended) {
      to.executor().schedule(() -> scheduleReports(to, seconds), seconds, TimeUnit.SECONDS);
      report(to);
    }
  }

  ChannelFuture goodbye(String reason) {
    ChannelHandlerContext to = context;
    if (to == null) {
      throw new IllegalStateException("goodbye before the handshake");
    }
    flush();
    outgoing.send(to, new AgentMessage.Goodbye(reason, outgoing.head(to)));
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
      reportedCapabilities = query(dependencies.agentSelf().capabilities());
      greetedNanos = System.nanoTime();
      outgoing.send(
          context,
          new AgentMessage.Hello(
              dependencies.agentSelf().identity(),
              dependencies.agentSelf().publicKey(),
              reportedCapabilities,
              dependencies.chain().head()));
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
    // Read before anything is parsed: loading the classes for the first message may take time.
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
      try {
        dependencies.outbox().disconnected();
        dependencies.listener().disconnected();
      } finally {
        owner.ended(endReason, unauthorized);
      }
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
      // A newer collector may send more than this agent knows.
      dependencies.metrics().messagesNotUnderstood.incrementAndGet();
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
      dependencies.outbox().verdict(verdict);
    } else if (message instanceof CollectorMessage.StartCapture request) {
      try {
        dependencies.listener().capture(request);
      } catch (RuntimeException e) {
        log.error("a capture that the collector asked for cannot be started", e);
      }
    } else if (message instanceof CollectorMessage.LibrariesWanted wanted) {
      dependencies.listener().libraries(wanted);
    } else {
      hand(message);
    }
  }

  /**
   * Answers a challenge; only before the welcome, since a collector has no reason to send one
   * later.
   */
  private void prove(ChannelHandlerContext context, CollectorMessage.Challenge challenge) {
    SigningKey key = dependencies.agentSelf().key();
    if (welcomed || proved || key == null) {
      return;
    }
    proved = true; // one signature for each connection
    try {
      String signature = key.prove(dependencies.agentSelf().identity().id(), challenge.nonce());
      greetedNanos = System.nanoTime(); // signing is not part of the round trip
      outgoing.send(context, new AgentMessage.Proof(signature));
    } catch (IllegalArgumentException | IllegalStateException e) {
      endReason = "the collector's challenge cannot be answered: " + e.getMessage();
      context.close();
    }
  }

  /** Passes on what agent threads work on later. */
  private void hand(CollectorMessage message) {
    try {
      if (message instanceof CollectorMessage.RulesWanted wanted) {
        dependencies.listener().rules(wanted);
      } else if (message instanceof CollectorMessage.RuleText text) {
        dependencies.listener().rules(text);
      } else if (message instanceof CollectorMessage.Hunt hunt) {
        dependencies.listener().hunt(hunt);
      } else if (message instanceof CollectorMessage.HuntEnd end) {
        dependencies.listener().huntEnded(end);
      } else if (message instanceof CollectorMessage.Probe probe) {
        dependencies.listener().probe(probe);
      } else if (message instanceof CollectorMessage.ProbeEnd end) {
        dependencies.listener().probeEnded(end);
      }
    } catch (RuntimeException e) {
      log.error("a request of the collector cannot be taken", e);
    }
  }

  private void welcome(
      ChannelHandlerContext context, CollectorMessage.Welcome welcome, Instant arrived) {
    welcomed = true;
    alertJournals = welcome.alertJournals();
    dependencies.metrics().connections.incrementAndGet();
    Duration roundTrip = Duration.ofNanos(System.nanoTime() - greetedNanos);
    dependencies.metrics().clockOffset.set(ClockOffset.of(arrived, welcome.time(), roundTrip));
    dependencies.outbox().connected(outgoing.resume(welcome.received()));
    owner.welcomed(this);
    int seconds = Math.max(1, Math.min(MAX_HEARTBEAT_SECONDS, welcome.heartbeatSeconds()));
    context.executor().schedule(() -> beat(context, seconds), seconds, TimeUnit.SECONDS);
    if (welcome.selfTestSeconds() > 0) {
      selfTesting = true;
      int between = Math.min(MAX_HEARTBEAT_SECONDS, welcome.selfTestSeconds());
      context
          .executor()
          .schedule(() -> scheduleReports(context, between), between, TimeUnit.SECONDS);
    }
    flush();
  }

  private void beat(ChannelHandlerContext context, int seconds) {
    if (ended) {
      return;
    }
    // First: there may be no memory for this heartbeat, and there must be a next one.
    context.executor().schedule(() -> beat(context, seconds), seconds, TimeUnit.SECONDS);
    long silentNanos = System.nanoTime() - lastReadNanos;
    if (silentNanos > TimeUnit.SECONDS.toNanos((long) seconds * SILENT_HEARTBEATS)) {
      endReason = "the collector was silent for " + SILENT_HEARTBEATS + " heartbeats";
      context.close();
      return;
    }
    owner.stable();
    dependencies.outbox().onHeartbeat();
    Map<String, Object> capabilities = query(dependencies.agentSelf().capabilities());
    boolean changed = !capabilities.equals(reportedCapabilities);
    reportedCapabilities = capabilities;
    outgoing.send(
        context,
        new AgentMessage.Status(
            query(dependencies.agentSelf().losses()),
            changed ? capabilities : null,
            costs(),
            outgoing.head(context)));
    context.writeAndFlush(new PingWebSocketFrame());
  }

  /** A heartbeat without costs is better than none. */
  private @Nullable AgentCosts costs() {
    try {
      return dependencies.agentSelf().costs().get();
    } catch (RuntimeException e) {
      log.error("the agent's costs cannot be read", e);
      return null;
    }
  }

  private static <V> Map<String, V> query(Supplier<Map<String, V>> supplier) {
    try {
      return new HashMap<>(supplier.get());
    } catch (RuntimeException e) {
      log.error("the agent's capabilities or losses cannot be read", e);
      return Map.of();
    }
  }
}
