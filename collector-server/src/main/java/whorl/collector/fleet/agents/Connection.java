package whorl.collector.fleet.agents;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.chain.AgentChain;
import whorl.collector.fleet.costs.CostState;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.server.ChannelEndpoint.Peer;
import whorl.collector.store.access.Owner;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.channel.AgentCosts;

/**
 * A connected agent. Any thread may read it. Only its socket's callbacks write, except the time it
 * was last seen, which its uploads also write.
 */
public final class Connection {
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
  private final AgentChain chain;
  private final AgentProof proof;
  private final @Nullable Owner owner;

  /**
   * @param serial distinguishes this connection from others of the same agent
   * @param costs the last costs that the agent reported; null when it reported none
   * @param chain continued on this connection
   * @param proof how the agent proved who it is
   * @param owner of the agent; null if it only has the shared token
   */
  Connection(
      long serial,
      AgentIdentity identity,
      @Nullable String key,
      Map<String, Object> capabilities,
      @Nullable AgentCosts costs,
      AgentChain chain,
      AgentProof proof,
      @Nullable Owner owner,
      Peer peer,
      Instant now,
      long nowNanos) {
    this.serial = serial;
    this.identity = identity;
    this.key = key;
    this.capabilities = capabilities;
    this.costs = new CostState(costs);
    this.chain = chain;
    this.proof = proof;
    this.owner = owner;
    this.peer = peer;
    this.lastSeen = now;
    this.lastSeenNanos = nowNanos;
    this.savedNanos = nowNanos;
    this.sinceNanos = nowNanos;
  }

  public long serial() {
    return serial;
  }

  public AgentIdentity identity() {
    return identity;
  }

  public @Nullable String key() {
    return key;
  }

  public Peer peer() {
    return peer;
  }

  void seen(Instant now, long nowNanos) {
    lastSeen = now;
    lastSeenNanos = nowNanos;
  }

  public void status(Map<String, Long> lossesNow, @Nullable Map<String, Object> capabilitiesNow) {
    losses = lossesNow;
    if (capabilitiesNow != null) {
      capabilities = capabilitiesNow;
    }
  }

  long silentNanos(long nowNanos) {
    return nowNanos - lastSeenNanos;
  }

  /** True if the ledger's copy is older than {@code limitNanos}; then it counts as renewed. */
  boolean renewIfOlder(long nowNanos, long limitNanos) {
    if (nowNanos - savedNanos < limitNanos) {
      return false;
    }
    savedNanos = nowNanos;
    return true;
  }

  /** Returns how long the agent has been connected. */
  public long ageNanos(long nowNanos) {
    return nowNanos - sinceNanos;
  }

  SelfTestState selfTests() {
    return selfTests;
  }

  /** The collector begins to handle a message of this connection; later messages wait. */
  public void handling(long nowNanos) {
    selfTests.handling(nowNanos);
  }

  /** The collector has handled the message. */
  public void handled(long nowNanos) {
    selfTests.handled(nowNanos);
  }

  /** Returns the agent's chain. */
  public AgentChain chain() {
    return chain;
  }

  AgentProof proof() {
    return proof;
  }

  CostState costs() {
    return costs;
  }

  /** True if the agent announced self-tests. */
  boolean promisesSelfTests() {
    return Boolean.TRUE.equals(capabilities.get(SelfTestWatch.CAPABILITY));
  }

  public AgentRecord record() {
    return new AgentRecord(
        identity,
        key,
        shownCapabilities(),
        losses,
        costs.snapshot().costs(),
        lastSeen,
        chain.summary(),
        owner);
  }

  /** Returns the agent's capabilities, with the self-test result that the collector sees. */
  private Map<String, Object> shownCapabilities() {
    String outcome = selfTests.describe();
    if (outcome == null) {
      return capabilities;
    }
    Map<String, Object> merged = new LinkedHashMap<>(capabilities);
    merged.put(SelfTestWatch.CAPABILITY, outcome);
    return merged;
  }
}
