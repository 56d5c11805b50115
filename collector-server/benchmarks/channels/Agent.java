import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

/** Sends on its channel what an agent without events sends; it declines captures. One channel each. */
final class Agent extends SimpleChannelInboundHandler<WebSocketFrame> {
  /** The agents are of so many services, in turns. */
  static final int SERVICES = 40;

  private final Agents agents;
  private final AgentIdentity identity;
  private final SigningKey key;
  private final int number;

  /** How many channels were tried since the last welcome, this one included. */
  private final int attempt;

  private volatile ChannelHandlerContext welcome;
  private Id offered;
  private String closed = "closed without a reason";
  private long headroom = 200_000_000;

  /**
   * @param group the label by which some of them are asked for a capture
   */
  Agent(Agents agents, int number, int group) {
    this.agents = agents;
    this.number = number;
    this.key = SigningKey.generate();
    this.attempt = 1;
    String name = "shop-6d5f7c9b8-" + number;
    identity =
        new AgentIdentity(
            Id.next(InstantSource.system()),
            "shop-" + number % SERVICES,
            "production",
            Map.of("team", "checkout", "group", "group-" + group),
            name,
            new java.util.UUID(number, number).toString(),
            Digest.of(name.getBytes()).hex(),
            name,
            1,
            "OpenJDK 64-Bit Server VM 21.0.5+11-LTS",
            "0.1.0");
  }

  private Agent(Agent before) {
    this.agents = before.agents;
    this.number = before.number;
    this.key = before.key;
    this.identity = before.identity;
    this.attempt = before.welcome == null ? before.attempt + 1 : 1;
  }

  /** The same agent on its next channel. */
  Agent again() {
    return new Agent(this);
  }

  String id() {
    return identity.id().value();
  }

  /** The digest of its public key, under which a collector knows the key. */
  String keyId() {
    return VerifyingKey.of(key.publicKey()).keyId();
  }

  int number() {
    return number;
  }

  /** How many channels were tried since the last welcome, this one included. */
  int attempt() {
    return attempt;
  }

  boolean isWelcome() {
    return welcome != null;
  }

  /** Raises an alert, and would start a capture for it. */
  void raise(String rule) {
    ChannelHandlerContext context = welcome;
    if (context == null) {
      return;
    }
    context
        .executor()
        .execute(
            () -> {
              offered = Id.next(InstantSource.system());
              Alert alert =
                  new Alert(
                      Id.next(InstantSource.system()),
                      "whorl",
                      Instant.now(),
                      rule,
                      Level.HIGH,
                      "Raised by the benchmark",
                      null,
                      List.of(),
                      Map.of(),
                      null,
                      List.of());
              say(context, new AgentMessage.AlertRaised(alert, offered, List.of(), null));
            });
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      say(context, new AgentMessage.Hello(identity, key.publicKey(), capabilities()));
      context
          .executor()
          .schedule(() -> giveUp(context), agents.welcomeMillis(), TimeUnit.MILLISECONDS);
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame)
      throws IOException {
    if (frame instanceof CloseWebSocketFrame close) {
      closed = close.statusCode() + " " + close.reasonText();
      context.close();
    }
    if (!(frame instanceof TextWebSocketFrame text)) {
      return;
    }
    CollectorMessage message = Json.LENIENT.readValue(text.text(), CollectorMessage.class);
    if (message instanceof CollectorMessage.Challenge challenge) {
      say(context, new AgentMessage.Proof(key.prove(identity.id(), challenge.nonce())));
    } else if (message instanceof CollectorMessage.Welcome greeting) {
      welcome = context;
      agents.welcomed(this);
      long millis = TimeUnit.SECONDS.toMillis(greeting.heartbeatSeconds());
      context
          .executor()
          .scheduleAtFixedRate(() -> beat(context), millis, millis, TimeUnit.MILLISECONDS);
    } else if (message instanceof CollectorMessage.StartCapture capture) {
      agents.asked();
      decline(context, capture.capture());
    } else if (message instanceof CollectorMessage.AlertVerdict verdict) {
      agents.decided(verdict.full());
      if (verdict.full()) {
        decline(context, offered);
      }
    }
  }

  private void giveUp(ChannelHandlerContext context) {
    if (welcome == null) {
      closed = "no welcome came";
      context.close();
    }
  }

  private static void decline(ChannelHandlerContext context, Id capture) {
    say(
        context,
        new AgentMessage.CaptureProgress(
            capture, null, CaptureState.FAILED, 0, 0, "only measured"));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    agents.ended(this, closed);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // channelInactive follows
  }

  /** The room for memory changes from one to the next, so the capabilities go with each. */
  private void beat(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      headroom += 4096;
      say(context, new AgentMessage.Status(Map.of(), capabilities(), null));
      context.writeAndFlush(new PingWebSocketFrame());
    }
  }

  private Map<String, Object> capabilities() {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    for (String module : List.of("java.instrument", "jdk.jfr", "java.management", "jdk.attach")) {
      capabilities.put(module, true);
    }
    capabilities.put("ed25519", true);
    capabilities.put(
        "writableFolders",
        List.of(
            Map.of("path", "/tmp", "roomBytes", 8_000_000_000L, "inMemory", false),
            Map.of("path", "/dev/shm", "roomBytes", 67_108_864L, "inMemory", true)));
    capabilities.put("memoryLimitBytes", 536_870_912L);
    capabilities.put("memoryHeadroomBytes", headroom);
    capabilities.put("proc", true);
    capabilities.put("attach", true);
    capabilities.put(
        "recording",
        Map.of(
            "folder",
            "/tmp/whorl",
            "maxBytes",
            25_165_824L,
            "maxAgeSeconds",
            600,
            "running",
            true));
    capabilities.put("hooks", true);
    capabilities.put("rules", 42);
    capabilities.put("pushedRules", true);
    return capabilities;
  }

  private static void say(ChannelHandlerContext context, AgentMessage message) {
    context.writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(Json.bytes(message))));
  }
}
