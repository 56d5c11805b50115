package whorl.collector.libraries;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.channel.LibrarySink;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.store.libraries.LibraryLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.LibrariesHeld;
import whorl.evidence.channel.AgentMessage.LibraryPart;
import whorl.evidence.channel.CollectorMessage.LibrariesWanted;

/**
 * Takes the agents' inventories of libraries. An agent says the digest of its inventory; only if no
 * inventory with this digest is stored, it is asked for the entries. So of a thousand replicas one
 * sends them. A few agents send at the same time, the others wait for their turn, and one identity
 * may store so many bytes a day. Safe for use by several threads.
 */
public final class Libraries implements LibrarySink {
  /** Kibibytes of entries that the agents of one network may store in a day. */
  public static final int MAX_KIBIBYTES_A_DAY = 256 << 10;

  /** Agents that send their entries at the same time; each may have some MiB. */
  static final int RECEIVING_MAX = 8;

  private static final int WAITING_MAX = 100_000;

  /** Limit for the search for one of another identity or network. */
  private static final int PASSED_MAX = 500;

  private static final long SILENT_NANOS = Duration.ofSeconds(30).toNanos();

  /** A few MiB take seconds. An agent that sends slowly must not keep the others waiting. */
  private static final long WHOLE_NANOS = Duration.ofMinutes(2).toNanos();

  /** An inventory that was used within this time is stored; thousands of replicas need not ask. */
  private static final long RECENT_NANOS = Duration.ofMinutes(10).toNanos();

  private static final int RECENT_MAX = 10_000;
  private static final int ROUNDS_PER_FORGETTING = 1_800;
  private static final Logger LOG = LoggerFactory.getLogger(Libraries.class);

  private final LibraryLedger ledger;
  private final Fleet fleet;
  private final Quota kibibytesADay;
  private final LongSupplier nanos;
  private final LibraryCounters counters = new LibraryCounters();
  private final ConcurrentHashMap<Id, LibraryLedger.OfAgent> unsaved = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Digest, Long> recent = new ConcurrentHashMap<>();

  private int rounds;

  /** Guarded by this, as is the following field. */
  private final Map<Id, Reception> receiving = new HashMap<>();

  private final Map<Id, Waiting> waiting = new LinkedHashMap<>();

  /** An agent whose inventory is not stored, and that is not asked for it yet. */
  private record Waiting(AgentIdentity agent, LibrariesHeld held) {}

  public Libraries(LibraryLedger ledger, Fleet fleet, Quota kibibytesADay, LongSupplier nanos) {
    this.ledger = ledger;
    this.fleet = fleet;
    this.kibibytesADay = kibibytesADay;
    this.nanos = nanos;
  }

  public LibraryCounters counters() {
    return counters;
  }

  @Override
  public void connected(AgentIdentity agent, Map<String, Object> capabilities) {
    if (Boolean.TRUE.equals(capabilities.get(LibrariesWanted.LIBRARIES))) {
      // If it is too slow to take this, it is asked when it connects again.
      long unused = fleet.send(agent.id(), new LibrariesWanted(null));
    }
  }

  @Override
  public void held(AgentIdentity agent, LibrariesHeld message) throws IOException {
    if (isStored(message.digest())) {
      counters.shared.increment();
      forgetReception(agent.id());
      link(agent, message, message.digest());
    } else {
      enqueue(agent, message);
    }
    next();
  }

  private boolean isStored(Digest inventory) throws IOException {
    long now = nanos.getAsLong();
    Long last = recent.get(inventory);
    if (last != null && now - last < RECENT_NANOS) {
      return true;
    }
    if (!ledger.use(inventory)) {
      return false;
    }
    remember(inventory);
    return true;
  }

  private void remember(Digest inventory) {
    if (recent.size() >= RECENT_MAX) {
      recent.clear();
    }
    recent.put(inventory, nanos.getAsLong());
  }

  private void link(AgentIdentity agent, LibrariesHeld message, Digest inventory) {
    unsaved.put(
        agent.id(),
        new LibraryLedger.OfAgent(
            agent,
            inventory,
            message.loaded(),
            message.complete() ? null : message.problem() == null ? "" : message.problem()));
  }

  private synchronized void enqueue(AgentIdentity agent, LibrariesHeld message) {
    Reception reception = receiving.get(agent.id());
    if (reception != null && reception.held().digest().equals(message.digest())) {
      reception.held(message);
      return;
    }
    receiving.remove(agent.id());
    if (waiting.size() < WAITING_MAX || waiting.containsKey(agent.id())) {
      waiting.put(agent.id(), new Waiting(agent, message));
    } else {
      counters.refused.increment();
    }
  }

  private synchronized void forgetReception(Id agent) {
    receiving.remove(agent);
    waiting.remove(agent);
  }

  @Override
  public void part(AgentIdentity agent, LibraryPart part) throws IOException {
    Reception complete = null;
    synchronized (this) {
      Reception reception = receiving.get(agent.id());
      if (reception == null) {
        return; // it was too slow, or has a newer inventory
      }
      Reception.Progress progress = reception.add(part, nanos.getAsLong());
      if (progress == Reception.Progress.MORE_TO_COME) {
        return;
      }
      receiving.remove(agent.id());
      if (progress == Reception.Progress.COMPLETE) {
        complete = reception;
      } else {
        counters.refused.increment();
      }
    }
    try {
      if (complete != null) {
        store(complete);
      }
    } finally {
      next();
    }
  }

  private void store(Reception complete) throws IOException {
    String client = fleet.client(complete.agent.id());
    if (!kibibytesADay.take(client, Client.cost(client, complete.kibibytes()))) {
      counters.refused.increment();
      LOG.debug("too many inventories of libraries come from {}", client);
      return;
    }
    // What came is named by what it is: no agent can store something under another's digest.
    Digest inventory = complete.digest();
    ledger.put(inventory, complete.entries());
    counters.stored.increment();
    remember(inventory);
    link(complete.agent, complete.held(), inventory);
  }

  @Override
  public void disconnected(Id agent) {
    forgetReception(agent);
    try {
      next();
    } catch (IOException e) {
      LOG.debug("the next inventory is asked for later: {}", e.getMessage());
    }
  }

  /** Asks those that wait, as far as there is room. */
  private void next() throws IOException {
    for (Waiting first = takeWaiting(); first != null; first = takeWaiting()) {
      // A replica may have sent it meanwhile.
      if (isStored(first.held().digest())) {
        counters.shared.increment();
        link(first.agent(), first.held(), first.held().digest());
      } else {
        ask(first);
      }
    }
  }

  private void ask(Waiting first) {
    Id agent = first.agent().id();
    synchronized (this) {
      receiving.put(agent, new Reception(first.agent(), first.held(), nanos.getAsLong()));
    }
    if (fleet.send(agent, new LibrariesWanted(first.held().digest())) < 0) {
      forgetReception(agent);
    }
  }

  /**
   * Takes the next agent that waits and whose inventory no other agent is sending. Agents of an
   * identity or network that has half of the places already let others go first.
   *
   * @return null if too many send already, or if there is none
   */
  private synchronized @Nullable Waiting takeWaiting() {
    if (receiving.size() >= RECEIVING_MAX) {
      return null;
    }
    Map<String, Integer> sending = new HashMap<>();
    receiving.keySet().forEach(agent -> sending.merge(fleet.client(agent), 1, Integer::sum));
    Waiting first = null;
    int passed = 0;
    for (Waiting each : waiting.values()) {
      if (passed > PASSED_MAX) {
        break;
      }
      passed += first == null ? 0 : 1;
      if (comes(each.held().digest())) {
        continue;
      }
      if (sending.getOrDefault(fleet.client(each.agent().id()), 0) < RECEIVING_MAX / 2) {
        waiting.remove(each.agent().id());
        return each;
      }
      first = first == null ? each : first;
    }
    if (first != null) {
      waiting.remove(first.agent().id());
    }
    return first;
  }

  private boolean comes(Digest inventory) {
    return receiving.values().stream().anyMatch(other -> other.held().digest().equals(inventory));
  }

  /**
   * Writes what has changed, passes over agents that do not send, and now and then deletes what
   * belongs to no agent; to be called every second, by one thread.
   */
  public void save() throws IOException {
    expire();
    List<LibraryLedger.OfAgent> batch = List.copyOf(unsaved.values());
    if (!batch.isEmpty()) {
      ledger.save(batch);
      // an agent that has changed since then stays for the next call
      batch.forEach(each -> unsaved.remove(each.agent().id(), each));
    }
    next();
    if (rounds++ % ROUNDS_PER_FORGETTING == 0) {
      ledger.forget();
    }
  }

  private synchronized void expire() {
    long now = nanos.getAsLong();
    List<Reception> silent = new ArrayList<>();
    for (Reception each : receiving.values()) {
      if (each.silentNanos(now) > SILENT_NANOS || each.ageNanos(now) > WHOLE_NANOS) {
        silent.add(each);
      }
    }
    for (Reception each : silent) {
      receiving.remove(each.agent.id());
      counters.refused.increment();
    }
  }
}
