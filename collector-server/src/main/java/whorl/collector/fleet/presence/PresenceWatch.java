package whorl.collector.fleet.presence;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Connection;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.store.database.KeptLease;
import whorl.collector.store.database.Leases;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.presence.PresenceLedger;
import whorl.evidence.Id;

/**
 * The periodic work of presence. The thread {@code whorl-beat} says that this collector lives as
 * long as its event loops answer. The thread {@code whorl-presence} compares its channels with the
 * ledger, and, at one collector at a time, takes over the agents of collectors that have ended;
 * that may take long after many agents have moved, and no beat must wait for it.
 */
public final class PresenceWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PresenceWatch.class);
  private static final String LEASE = "fleet";
  private static final String AGENT = "agent ";
  private static final Duration LEASE_LENGTH = Duration.ofSeconds(15);
  private static final Duration COMPARE_EVERY = Duration.ofSeconds(20);
  private static final Duration TAKE_OVER_EVERY = Duration.ofSeconds(5);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);
  private static final int ORPHANS_AT_ONCE = 1_000;

  /**
   * A collector that could not beat for a while, because the database was away, takes nobody over
   * before the others had the time to beat again.
   */
  private static final long STEADY_NANOS =
      PresenceLedger.LIVES.plus(PresenceLedger.BEAT_EVERY).toNanos();

  private final PresenceLedger ledger;
  private final SharedPresence presence;
  private final Fleet fleet;
  private final PresenceListener listener;
  private final Leases leases;
  private final Pulse pulse;
  private final String version;
  private final KeptLease lease;
  private final PeriodicTasks beats = new PeriodicTasks("beat");
  private final PeriodicTasks tasks = new PeriodicTasks("presence");

  /** Used by {@link #beat} only. */
  private long beatNanos;

  private volatile long steadySinceNanos;
  private volatile boolean silent;

  /** Whether this collector can serve its agents. */
  @FunctionalInterface
  public interface Pulse {
    /** Why not, in a sentence; null if it can. */
    @Nullable String problem();
  }

  /**
   * @param pulse is asked before each beat
   * @param version of this collector, for people who look at the table
   */
  public PresenceWatch(
      PresenceLedger ledger,
      SharedPresence presence,
      Fleet fleet,
      PresenceListener listener,
      Leases leases,
      Pulse pulse,
      String version) {
    this.ledger = ledger;
    this.presence = presence;
    this.fleet = fleet;
    this.listener = listener;
    this.leases = leases;
    this.pulse = pulse;
    this.version = version;
    this.lease = leases.keep(LEASE, LEASE_LENGTH, new Silent());
  }

  /** The lease is asked for at each use. */
  private static final class Silent implements KeptLease.Listener {
    @Override
    public void taken(Leases.Lease taken) {
      LOG.debug("this collector takes over the agents of others that end");
    }

    @Override
    public void lost(Leases.Lease lost) {
      LOG.debug("another collector takes over the agents of those that end");
    }
  }

  /** Says that this collector lives, and starts the threads. Call once. */
  public void start() throws IOException {
    beat();
    beats.every(PresenceLedger.BEAT_EVERY, "the beat of this collector", this::beat);
    tasks
        .every(COMPARE_EVERY, "comparing the channels", this::compare)
        .every(TAKE_OVER_EVERY, "taking over agents", this::takeOver)
        .every(FORGET_EVERY, "deleting old leases", leases::forget);
  }

  /** Stops the threads; the other collectors take over the agents that do not connect to them. */
  @Override
  public void close() throws IOException {
    beats.closeNow();
    tasks.closeNow();
    lease.close();
    presence.leave();
  }

  /** Says that this collector lives, unless it ends or its event loops hang. */
  void beat() throws IOException {
    String problem = pulse.problem();
    if (presence.isLeaving()) {
      return;
    }
    if (problem != null) {
      if (!silent) {
        LOG.error("other collectors take over the agents of this one: {}", problem);
      }
      silent = true;
      return;
    }
    silent = false;
    ledger.beat(version);
    long now = System.nanoTime();
    if (now - beatNanos > STEADY_NANOS / 2) {
      steadySinceNanos = now;
    }
    beatNanos = now;
  }

  /**
   * Repairs what could not be recorded, and closes channels whose agents are connected elsewhere.
   * New connections are left out: their rows are being written, and after the end of a collector
   * they are thousands.
   */
  void compare() throws IOException {
    Map<Id, Long> recorded = new HashMap<>(ledger.settled());
    OneByOne agents = new OneByOne();
    for (Map.Entry<Id, Long> here : fleet.serials(PresenceLedger.SETTLED).entrySet()) {
      Long serial = recorded.remove(here.getKey());
      Connection connection = fleet.connection(here.getKey());
      if (serial == null && connection != null && connection.serial() == here.getValue()) {
        agents.run(AGENT + here.getKey(), () -> record(connection));
      }
    }
    for (Map.Entry<Id, Long> gone : recorded.entrySet()) {
      if (fleet.connection(gone.getKey()) == null) {
        agents.run(AGENT + gone.getKey(), () -> ledger.disconnect(gone.getKey(), gone.getValue()));
      }
    }
    agents.end();
  }

  /** Records a channel that the ledger does not have, or closes it if its agent has another one. */
  private void record(Connection connection) throws IOException {
    Id agent = connection.identity().id();
    if (ledger.isElsewhere(agent)) {
      listener.replaced(agent, connection.serial());
    } else if (!ledger.isHere(agent)) {
      presence.connected(connection.identity(), connection.serial());
    }
  }

  private void takeOver() throws IOException {
    boolean steady = !silent && System.nanoTime() - steadySinceNanos > STEADY_NANOS;
    if (steady && lease.lease() != null) {
      takeOverNow();
    }
  }

  /** Takes over the agents of collectors that have ended; a step that fails stops no other. */
  void takeOverNow() throws IOException {
    OneByOne steps = new OneByOne();
    steps.run("agents of collectors that have ended", this::loseOrphans);
    steps.run("alerts about lost agents", listener::raiseLostAgents);
    steps.run("captures of agents that are gone", listener::endAbandonedCaptures);
    steps.run("what is known of collectors that have ended", ledger::forget);
    steps.end();
  }

  private void loseOrphans() throws IOException {
    int lost = ledger.loseOrphans(ORPHANS_AT_ONCE);
    if (lost > 0) {
      LOG.info("{} agents of a collector that has ended are missed until they connect", lost);
    }
  }
}
