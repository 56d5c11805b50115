package whorl.collector.fleet;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.ChannelEndpoint.Peer;
import whorl.collector.store.AgentRecord;
import whorl.evidence.AgentCosts;
import whorl.evidence.AgentIdentity;

/**
 * A connected agent. Any thread reads it; its own socket's callbacks write, and uploads of its when
 * it was last seen.
 */
final class Connection {
  private final long serial;
  private final AgentIdentity identity;
  private final @Nullable String key;
  private final Peer peer;
  private volatile Map<String, Object> capabilities;
  private volatile Map<String, Long> losses = Map.of();
  private volatile Instant lastSeen;
  private volatile long lastSeenNanos;
  private volatile long savedNanos;
  private final long sinceNanos;
  private final SelfTestState selfTests = new SelfTestState();
  private final CostState costs;

  /**
   * @param serial tells this connection from others of the same agent
   * @param costs what the agent said before that it costs; null when it said nothing
   */
  Connection(
      long serial,
      AgentIdentity identity,
      @Nullable String key,
      Map<String, Object> capabilities,
      @Nullable AgentCosts costs,
      Peer peer,
      Instant now,
      long nowNanos) {
    this.serial = serial;
    this.identity = identity;
    this.key = key;
    this.capabilities = capabilities;
    this.costs = new CostState(costs);
    this.peer = peer;
    this.lastSeen = now;
    this.lastSeenNanos = nowNanos;
    this.savedNanos = nowNanos;
    this.sinceNanos = nowNanos;
  }

  long serial() {
    return serial;
  }

  AgentIdentity identity() {
    return identity;
  }

  @Nullable String key() {
    return key;
  }

  Peer peer() {
    return peer;
  }

  void seen(Instant now, long nowNanos) {
    lastSeen = now;
    lastSeenNanos = nowNanos;
  }

  void status(Map<String, Long> lossesNow, @Nullable Map<String, Object> capabilitiesNow) {
    losses = lossesNow;
    if (capabilitiesNow != null) {
      capabilities = capabilitiesNow;
    }
  }

  long silentNanos(long nowNanos) {
    return nowNanos - lastSeenNanos;
  }

  /** Whether the ledger's copy is older than {@code limitNanos}; if so, it is taken as renewed. */
  boolean renewIfOlder(long nowNanos, long limitNanos) {
    if (nowNanos - savedNanos < limitNanos) {
      return false;
    }
    savedNanos = nowNanos;
    return true;
  }

  /** How long it has been there. */
  long ageNanos(long nowNanos) {
    return nowNanos - sinceNanos;
  }

  SelfTestState selfTests() {
    return selfTests;
  }

  CostState costs() {
    return costs;
  }

  /** Whether the agent said that it tests itself. */
  boolean promisesSelfTests() {
    return Boolean.TRUE.equals(capabilities.get(SelfTestWatch.CAPABILITY));
  }

  AgentRecord record() {
    return new AgentRecord(
        identity, key, shownCapabilities(), losses, costs.shown().costs(), lastSeen);
  }

  /** What the agent says of its self-test, or rather what came of it here. */
  private Map<String, Object> shownCapabilities() {
    String outcome = selfTests.describe();
    if (outcome == null) {
      return capabilities;
    }
    Map<String, Object> shown = new LinkedHashMap<>(capabilities);
    shown.put(SelfTestWatch.CAPABILITY, outcome);
    return shown;
  }
}
