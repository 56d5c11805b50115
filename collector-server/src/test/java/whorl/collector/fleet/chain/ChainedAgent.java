package whorl.collector.fleet.chain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.SignedHead;

/**
 * An agent with a chain, written from the description of the format and not with the agent's code.
 */
final class ChainedAgent {
  final AgentIdentity identity;
  final @Nullable SigningKey key;
  final int keeps;

  /** All frames that this agent made, by their numbers. */
  final TreeMap<Long, String> frames = new TreeMap<>();

  /** All texts that were sent, in their order, for somebody who listens. */
  final List<String> recorded = new ArrayList<>();

  Wire wire;
  long dropped;
  private ChainHead head;

  ChainedAgent(int number, @Nullable SigningKey key) {
    this(number, key, 1_000);
  }

  /**
   * @param keeps how many messages it can send again
   */
  ChainedAgent(int number, @Nullable SigningKey key, int keeps) {
    this.identity = FleetRig.agent(number);
    this.key = key;
    this.keeps = keeps;
    this.head = new ChainHead(0, sha256("Whorl agent chain, version 1\n", id().value()));
  }

  /** A copy of this process's state, as an attacker takes it. */
  ChainedAgent stolen() {
    ChainedAgent copy = new ChainedAgent(0, key, keeps, identity);
    copy.head = head;
    copy.frames.putAll(frames);
    return copy;
  }

  private ChainedAgent(int number, @Nullable SigningKey key, int keeps, AgentIdentity identity) {
    this.identity = identity;
    this.key = key;
    this.keeps = keeps;
    this.head = new ChainHead(number, sha256("", ""));
  }

  static Digest sha256(String purpose, String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(purpose.getBytes(StandardCharsets.UTF_8));
      digest.update(text.getBytes(StandardCharsets.UTF_8));
      return new Digest(HexFormat.of().formatHex(digest.digest()));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  Id id() {
    return identity.id();
  }

  ChainHead head() {
    return head;
  }

  /** Connects; sends again what the collector lacks and this agent still has. */
  ChainedAgent connect(FleetRig rig) {
    wire = rig.dial(identity);
    send(
        Json.text(
            new AgentMessage.Hello(
                identity, key == null ? null : key.publicKey(), Map.of(), head)));
    if (key != null) {
      wire.prove(key);
    }
    for (CollectorMessage.Welcome welcome : wire.peer.received(CollectorMessage.Welcome.class)) {
      ChainHead received = welcome.received();
      if (received != null) {
        long from = Math.max(received.sequence(), head.sequence() - keeps) + 1;
        frames.tailMap(from).values().forEach(this::send);
      }
    }
    return this;
  }

  void disconnect() {
    wire.listener.closed();
  }

  /** The next message, made and not sent. */
  String next(Function<ChainLink, AgentMessage> message) {
    long sequence = head.sequence() + 1;
    String frame = Json.text(message.apply(new ChainLink(sequence, head.hash(), dropped)));
    head = new ChainHead(sequence, sha256("Whorl agent chain link, version 1\n", frame));
    frames.put(sequence, frame);
    return frame;
  }

  String nextJournal() {
    EventLine event = FleetRig.event(head.sequence() + 1);
    return next(link -> new AgentMessage.Journal(List.of(event), link));
  }

  /** Makes and sends so many messages. */
  void journal(int count) {
    for (int i = 0; i < count; i++) {
      send(nextJournal());
    }
  }

  void send(String frame) {
    recorded.add(frame);
    wire.listener.text(frame);
  }

  void heartbeat() {
    send(heartbeatText());
  }

  String heartbeatText() {
    return Json.text(new AgentMessage.Status(Map.of(), null, null, signed()));
  }

  SignedHead signed() {
    return new SignedHead(head, key == null ? null : key.sign(id(), head));
  }
}
