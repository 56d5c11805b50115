package whorl.collector.fleet.agents;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.chain.AgentChain;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.fleet.costs.ServiceCosts;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.Principal;
import whorl.collector.http.server.ChannelEndpoint.Peer;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.limit.RemoteNetwork;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Scope;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.EnrolmentLedger.Enrolment;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentCosts;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/**
 * All known agents: connected ones in memory, and those of the last thirty days in the ledger. A
 * heartbeat changes memory only; the ledger is updated within a second of a connection or its end,
 * and once a minute for a heartbeat. Safe for use by several threads.
 */
public final class Fleet {
  private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
  static final int HEARTBEAT_SECONDS = 10;
  private static final long SILENT_NANOS = Duration.ofSeconds(3 * HEARTBEAT_SECONDS).toNanos();
  private static final long RENEW_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration REMEMBERED = Duration.ofDays(30);
  private static final int MAX_REMEMBERED = 100_000;

  public static final int MAX_REPORTED_A_MINUTE = 30;

  /** Leaves room for more connections than a process can have. */
  private static final int SERIAL_SHIFT = 2;

  /**
   * Limit for new agents from one network: each with a key makes a permanent custody entry, and too
   * many of any kind would push earlier ones out of what is remembered.
   */
  public static final int MAX_ENROLLED_A_MINUTE = 1_000;

  private final AgentLedger ledger;
  private final Presence presence;
  private final Enrolments enrolments;
  private final Chains chains;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final FleetCounters counters;
  private final Ownership ownership;
  private final ServiceCosts serviceCosts;

  private final ConcurrentHashMap<Id, Connection> connected = new ConcurrentHashMap<>();
  private final PodChannels podChannels = new PodChannels();
  private final ConcurrentHashMap<Id, AgentRecord> unsaved = new ConcurrentHashMap<>();

  /** Agents that only showed signs of life since they were last written. */
  private final Set<Id> renewed = ConcurrentHashMap.newKeySet();

  private final RefusedPeers refusedPeers;
  private final Quota enrolling;

  /** The number of the newest connection. No two connections at any collector have the same. */
  private final AtomicLong serials;

  // locks: connections of one agent are admitted one after the other, of different agents in
  // parallel
  private final Object[] admissions = new Object[64];

  /**
   * @param ownership to whom agents belong
   * @param enrolling limits the new agents of one identity or network
   * @param refusals limits the refusals of one identity or network that custody records
   */
  public Fleet(
      AgentLedger ledger,
      Presence presence,
      Enrolments enrolments,
      Ownership ownership,
      Chains chains,
      Quota enrolling,
      Quota refusals,
      InstantSource clock,
      LongSupplier nanos,
      FleetCounters counters) {
    this.ledger = ledger;
    this.presence = presence;
    this.serials =
        new AtomicLong(presence.isShared() ? new SecureRandom().nextLong() >>> SERIAL_SHIFT : 0);
    this.enrolments = enrolments;
    this.ownership = ownership;
    this.chains = chains;
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
    this.serviceCosts = new ServiceCosts(counters.droppedCosts);
    this.refusedPeers = new RefusedPeers(enrolments, chains, refusals);
    this.enrolling = enrolling;
    for (int i = 0; i < admissions.length; i++) {
      admissions[i] = new Object();
    }
  }

  /** The result of a hello. */
  public sealed interface Admission {
    record Admitted(Connection connection, @Nullable Connection replaced) implements Admission {}

    /**
     * The connection is refused.
     *
     * @param later true if the agent may try again later
     */
    record Refused(String reason, boolean later) implements Admission {}
  }

  /** Returns the connected agents that match the target, in the order of their ids. */
  public List<AgentIdentity> find(Target target) throws IOException {
    return find(target.filter()).stream().filter(target::matches).toList();
  }

  /** Returns those of the connected agents that match the target which the scope holds. */
  public List<AgentIdentity> find(Scope scope, Target target) throws IOException {
    List<AgentIdentity> found = find(target);
    return scope.isEverything()
        ? found
        : found.stream().filter(agent -> scope.holds(Origin.of(agent))).toList();
  }

  /**
   * Returns the agents that match the filter and are connected, here or to another collector, in
   * the order of their ids.
   */
  public List<AgentIdentity> find(AgentFilter filter) throws IOException {
    Map<Id, AgentIdentity> found = new TreeMap<>();
    for (AgentIdentity agent : presence.elsewhere(filter)) {
      found.put(agent.id(), agent);
    }
    for (Connection connection : connected.values()) {
      if (filter.matches(connection.identity())) {
        found.put(connection.identity().id(), connection.identity());
      }
    }
    return List.copyOf(found.values());
  }

  /** True if this agent is connected to this collector. */
  public boolean isConnectedHere(Id agent) {
    return connected.containsKey(agent);
  }

  /** True if this agent is connected, here or to another collector. */
  public boolean isConnected(Id agent) throws IOException {
    return connected.containsKey(agent) || presence.isElsewhere(agent);
  }

  /** Returns the agent's connection to this collector; null if there is none. */
  public @Nullable Connection connection(Id agent) {
    return connected.get(agent);
  }

  /** Returns the serials of the connections to this collector that are this old, by agent. */
  public Map<Id, Long> serials(Duration age) {
    long now = nanos.getAsLong();
    Map<Id, Long> serialsByAgent = new HashMap<>();
    connected.forEach(
        (agent, connection) -> {
          if (connection.ageNanos(now) > age.toNanos()) {
            serialsByAgent.put(agent, connection.serial());
          }
        });
    return serialsByAgent;
  }

  /** Returns the number of agents that are connected to this collector. */
  public int connectedAgents() {
    return connected.size();
  }

  /** Returns the agent as it is now or was last seen; null when it is unknown. */
  public @Nullable AgentRecord agent(Id agent) throws IOException {
    Connection live = connected.get(agent);
    if (live != null) {
      return live.record();
    }
    AgentRecord recent = unsaved.get(agent);
    return recent != null ? recent : ledger.find(agent);
  }

  /**
   * Returns whom the limits count for this agent: its identity, or its network if it only has the
   * shared token; empty when it is not connected.
   */
  public String client(Id agent) {
    Connection live = connected.get(agent);
    return live == null ? "" : live.proof().client(live.peer().remoteAddress());
  }

  /** True if this agent has ever enrolled a key. */
  public boolean isEnrolled(Id agent) throws IOException {
    return enrolments.find(agent) != null;
  }

  /** Returns when the agent enrolled its key; null if it never did. */
  public @Nullable Instant enrolledAt(Id agent) throws IOException {
    Enrolment enrolment = enrolments.find(agent);
    return enrolment == null ? null : enrolment.at();
  }

  /**
   * Enrols the agent's key, which it has proved, and registers the connection. The welcome is
   * queued before anything else can be sent to the agent.
   */
  public Admission admit(AgentMessage.Hello hello, Peer peer, Principal principal)
      throws IOException {
    AgentIdentity claimed = ownership.proved(hello.identity(), principal);
    AgentProof proof = principal.proof() == null ? AgentProof.SHARED : principal.proof();
    String client = proof.client(peer.remoteAddress());
    synchronized (admissions[Math.floorMod(claimed.id().hashCode(), admissions.length)]) {
      AgentRecord earlier = agent(claimed.id());
      AgentIdentity identity = FirstPlace.of(claimed, proof, earlier);
      Enrolment enrolled = enrolments.find(identity.id());
      Ownership.Claim claim = ownership.claim(identity, principal, peer.remoteAddress());
      if (claim.refusal() != null) {
        return claim.later()
            ? new Admission.Refused(claim.refusal(), true)
            : refuse(hello, claim.refusal(), client, peer);
      }
      if (enrolled != null && !enrolled.keyId().equals(keyId(hello.key()))) {
        return refuse(hello, "another key is enrolled for this agent id", client, peer);
      }
      String key = hello.key();
      boolean isNew = earlier == null || (key != null && enrolled == null);
      if (isNew && !enrolling.take(client, Client.cost(client, 1))) {
        counters.lateEnrolments.increment();
        return new Admission.Refused(
            "more than "
                + enrolling.max()
                + " new agents of this client within a minute; try again later",
            true);
      }
      if (key != null && enrolled == null) {
        enrolments.enrolled(identity, key);
        counters.enrolledKeys.increment();
      }
      if (!identity.equals(claimed)) {
        counters.otherPlaces.increment();
      }
      if (podChannels.isFull(client) && !connected.containsKey(identity.id())) {
        counters.lateEnrolments.increment();
        return new Admission.Refused(
            "more than " + PodChannels.MAX + " channels of one pod; try again later", true);
      }
      AgentChain chain =
          chains.open(
              identity,
              hello.key(),
              hello.head(),
              earlier == null ? null : earlier.chain(),
              peer.remoteAddress());
      Instant now = clock.instant();
      Connection connection =
          new Connection(
              serials.incrementAndGet(),
              identity,
              hello.key(),
              hello.capabilities(),
              earlier == null ? null : earlier.costs(),
              chain,
              proof,
              claim.owner(),
              peer,
              now,
              nanos.getAsLong());
      presence.connected(identity, connection.serial());
      unsaved.put(identity.id(), connection.record());
      peer.send(
          Json.text(
              new CollectorMessage.Welcome(
                  HEARTBEAT_SECONDS, now, SelfTestWatch.PERIOD_SECONDS, true, chain.processed())));
      counters.connections.increment();
      Connection replaced = connected.put(identity.id(), connection);
      podChannels.opened(connection);
      if (replaced != null) {
        podChannels.closed(replaced);
      }
      return new Admission.Admitted(connection, replaced);
    }
  }

  /** Refuses a peer that named a key and did not prove it. */
  public Admission.Refused refuseUnproved(AgentMessage.Hello hello, Peer peer) throws IOException {
    return refuse(
        hello,
        "the agent does not hold the key that it names",
        RemoteNetwork.of(peer.remoteAddress()),
        peer);
  }

  private static @Nullable Digest keyId(@Nullable String key) {
    return key == null ? null : new Digest(VerifyingKey.of(key).keyId());
  }

  /** Records a message of the agent. */
  public void seen(Connection connection) {
    long now = nanos.getAsLong();
    connection.seen(clock.instant(), now);
    if (connection.renewIfOlder(now, RENEW_NANOS)) {
      renewed.add(connection.identity().id());
    }
  }

  /** Records the costs that the agent reports. */
  public void costs(Connection connection, AgentCosts reported) {
    serviceCosts.report(connection.identity().service(), connection.costs(), reported);
  }

  /** What is known of the agent's chain has changed: the ledger has it within a moment. */
  public void chainChanged(Connection connection) {
    unsaved.put(connection.identity().id(), connection.record());
  }

  /** Returns the costs of the agents by service. */
  public ServiceCosts serviceCosts() {
    return serviceCosts;
  }

  /** Returns the heap bytes that the connected agents hold, by service. */
  public Map<String, Double> heldBytes() {
    Map<String, Double> bytesByService = new TreeMap<>();
    for (Connection connection : connected.values()) {
      serviceCosts.addHeldBytes(
          connection.identity().service(), connection.costs(), bytesByService);
    }
    return bytesByService;
  }

  /** Records a sign of life outside the channel, such as bytes of an upload. */
  public void signOfLife(Id agent) {
    Connection connection = connected.get(agent);
    if (connection != null) {
      seen(connection);
    }
  }

  /** True if the last sign of life is recent enough. */
  public boolean isAlive(Connection connection) {
    return connection.silentNanos(nanos.getAsLong()) <= SILENT_NANOS;
  }

  /** Removes the connection; false when the agent already has another one here. */
  public boolean remove(Connection connection) {
    if (!connected.remove(connection.identity().id(), connection)) {
      return false;
    }
    podChannels.closed(connection);
    unsaved.put(connection.identity().id(), connection.record());
    chains.closed(connection.chain());
    return true;
  }

  /** Records that the removed connection has ended. */
  public void disconnected(Connection connection) {
    try {
      presence.disconnected(connection.identity().id(), connection.serial());
    } catch (IOException e) {
      LOG.warn("that an agent disconnected is recorded later: {}", e.getMessage());
    }
  }

  /** Returns all current connections. */
  Collection<Connection> connections() {
    return connected.values();
  }

  /** Returns the connections that missed three heartbeats and showed no other sign of life. */
  public List<Connection> silentConnections() {
    List<Connection> silent = new ArrayList<>();
    for (Connection connection : connected.values()) {
      if (!isAlive(connection)) {
        silent.add(connection);
      }
    }
    return silent;
  }

  /**
   * Sends a message to the agent.
   *
   * @return the connection's serial, or -1 when the agent is not connected or too slow to take it
   */
  public long send(Id agent, CollectorMessage message) {
    Connection connection = connected.get(agent);
    return connection != null && connection.peer().send(Json.text(message))
        ? connection.serial()
        : -1;
  }

  /**
   * Passes on the agents that only showed signs of life to {@link #save}: less often, because they
   * are many, and each transaction waits for the disk.
   */
  public void renew() {
    for (Id agent : List.copyOf(renewed)) {
      renewed.remove(agent);
      Connection connection = connected.get(agent);
      if (connection != null) {
        unsaved.putIfAbsent(agent, connection.record());
      }
    }
  }

  /** Writes changed agents to the ledger. */
  public void save() throws IOException {
    List<AgentRecord> batch = new ArrayList<>(unsaved.values());
    if (batch.isEmpty()) {
      return;
    }
    ledger.save(batch);
    // an agent that has changed since then stays for the next call
    batch.forEach(agent -> unsaved.remove(agent.identity().id(), agent));
  }

  /** Deletes agents not seen for thirty days, and the longest unseen ones beyond the limit. */
  public void forget() throws IOException {
    counters.forgottenAgents.add(ledger.forget(clock.instant().minus(REMEMBERED), MAX_REMEMBERED));
  }

  /** Returns what is known of agents besides their channels. */
  public FleetStandings standings() {
    return new FleetStandings(this, refusedPeers, clock);
  }

  /** Returns what lists the agents. */
  FleetPages pages() {
    return new FleetPages(this, ledger, presence);
  }

  private Admission.Refused refuse(AgentMessage.Hello hello, String why, String client, Peer peer)
      throws IOException {
    counters.refusedKeys.increment();
    String offered = hello.key() == null ? "" : hello.key();
    AgentRecord known = agent(hello.identity().id());
    refusedPeers.report(
        new RefusedPeers.Refused(
            hello.identity(), known == null ? null : known.identity(), why, offered),
        client,
        peer.remoteAddress());
    return new Admission.Refused(why, false);
  }
}
