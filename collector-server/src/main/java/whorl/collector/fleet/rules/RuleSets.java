package whorl.collector.fleet.rules;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.rules.RuleLedger;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.RuleSetState;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CollectorMessage.RuleSetVersion;
import whorl.evidence.channel.CollectorMessage.RuleText;
import whorl.evidence.channel.CollectorMessage.RulesWanted;

/**
 * The sets of rules that are pushed to agents besides their own. At its connection and at each
 * change, an agent gets the list of its sets. It answers with its state, and then gets one missing
 * text after each answer, so that no text waits behind another in the channel. Safe for use by
 * several threads.
 */
public final class RuleSets {
  /** Limit for the number of sets. */
  static final int MAX_SETS = 32;

  /** The capability of agents that support pushed rules. */
  public static final String CAPABILITY = "pushedRules";

  private static final Logger LOG = LoggerFactory.getLogger(RuleSets.class);
  private static final String TOPIC = "rules";

  private static final long RECENT_NANOS = Duration.ofSeconds(1).toNanos();

  private final RuleLedger ledger;
  private final Fleet fleet;
  private final RuleChanges changes;
  private final InstantSource clock;
  private final Notifications notifications;
  private final @Nullable RuleStates elsewhere;
  private volatile @Nullable Recent recent;
  private final ConcurrentHashMap<Id, Loading> loadings = new ConcurrentHashMap<>();

  /**
   * @param notifications announce changes to the other collectors, and theirs to this one
   * @param elsewhere the states in agents of other collectors; null if there are none
   */
  public RuleSets(
      RuleLedger ledger,
      Fleet fleet,
      RuleChanges changes,
      InstantSource clock,
      Notifications notifications,
      @Nullable RuleStates elsewhere) {
    this.ledger = ledger;
    this.fleet = fleet;
    this.changes = changes;
    this.clock = clock;
    this.notifications = notifications;
    this.elsewhere = elsewhere;
  }

  /** Announces to the agents of this collector what other collectors change, until it is closed. */
  public Notifications.Subscription listen() {
    return notifications.watch(TOPIC, this::announceChanges);
  }

  /** The loading state of one connected agent. Its fields are guarded by its own monitor. */
  private static final class Loading {
    private final AgentIdentity agent;

    /** Name and version of the texts sent over this connection. */
    private final Set<RuleSetVersion> sent = new HashSet<>();

    /** The list that the agent got last; null before the first. */
    private @Nullable List<RuleSetVersion> announced;

    private List<RuleSetState> states = List.of();

    Loading(AgentIdentity agent) {
      this.agent = agent;
    }
  }

  /**
   * Stores a new version of the set and announces it to the agents.
   *
   * @param target only service, namespace and labels are used
   * @return the new version, or null when there are too many sets
   */
  synchronized @Nullable RuleSetRecord push(
      String name, Target target, String yaml, String by, String remoteAddress) throws IOException {
    List<RuleSetRecord> existing = ledger.inUse();
    boolean exists = existing.stream().anyMatch(set -> set.name().equals(name));
    if (!exists && existing.size() >= MAX_SETS) {
      return null;
    }
    byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
    RuleSetRecord set =
        new RuleSetRecord(
            name,
            ledger.reserveVersion(name),
            target.service(),
            target.namespace(),
            target.labels(),
            yaml,
            Digest.of(bytes),
            bytes.length,
            clock.instant(),
            by);
    changes.pushed(set, by, remoteAddress);
    ledger.put(set);
    changed();
    return set;
  }

  /** Removes the set from the agents; false when no set has this name. */
  synchronized boolean remove(String name, String by, String remoteAddress) throws IOException {
    if (ledger.find(name) == null) {
      return false;
    }
    changes.removed(name, by, remoteAddress);
    ledger.remove(name);
    changed();
    return true;
  }

  /** Announces a change that is stored, here and at other collectors. */
  private void changed() throws IOException {
    announceAll();
    try {
      notifications.publish(TOPIC, "");
    } catch (IOException e) {
      // the change is durable; other collectors also look by themselves
      LOG.warn("other collectors announce a change of rules later: {}", e.getMessage());
    }
  }

  /**
   * Announces changes to the agents that do not know them; to be called when other collectors
   * report a change, and every minute in case a report was lost.
   */
  public void announceChanges() {
    try {
      announceAll();
    } catch (IOException e) {
      LOG.warn("changed rules are announced later: {}", e.getMessage());
    }
  }

  List<RuleSetRecord> inUse() throws IOException {
    return ledger.inUse();
  }

  List<RuleSetRecord> versions(String name) throws IOException {
    return ledger.versions(name);
  }

  /** An agent has connected. Agents that do not support pushed rules are ignored. */
  public synchronized void agentConnected(AgentIdentity agent, Map<String, Object> capabilities)
      throws IOException {
    if (!Boolean.TRUE.equals(capabilities.get(CAPABILITY))) {
      return;
    }
    Loading loading = new Loading(agent);
    loadings.put(agent.id(), loading);
    if (elsewhere != null) {
      elsewhere.changed(agent.id(), List.of());
    }
    announce(loading, recentlyInUse());
  }

  /**
   * The sets in use, at most a second old, so that thousands of agents that connect at once do not
   * each read them. A change that is missed here is announced when its notification arrives.
   */
  private synchronized List<RuleSetRecord> recentlyInUse() throws IOException {
    Recent known = recent;
    if (known != null && System.nanoTime() - known.atNanos() < RECENT_NANOS) {
      return known.sets();
    }
    return readInUse();
  }

  private synchronized List<RuleSetRecord> readInUse() throws IOException {
    long now = System.nanoTime();
    List<RuleSetRecord> sets = ledger.inUse();
    recent = new Recent(sets, now);
    return sets;
  }

  private record Recent(List<RuleSetRecord> sets, long atNanos) {}

  public void agentDisconnected(Id agent) {
    loadings.remove(agent);
  }

  /** An agent reports the state of its rules. Sends the next text that it lacks. */
  public void loaded(Id agent, RulesLoaded message) throws IOException {
    Loading loading = loadings.get(agent);
    if (loading == null) {
      return;
    }
    List<RuleSetRecord> wanted = wantedBy(loading.agent, ledger.inUse());
    List<RuleSetState> states = statesOf(wanted, message.sets());
    synchronized (loading) {
      if (elsewhere != null && !loading.states.equals(states)) {
        elsewhere.changed(agent, states);
      }
      loading.states = states;
      for (RuleSetRecord set : wanted) {
        RuleSetVersion version = new RuleSetVersion(set.name(), set.version());
        if (isAwaited(version, message.sets()) && loading.sent.add(version)) {
          fleet.send(agent, new RuleText(set.name(), set.version(), set.yaml()));
          return;
        }
      }
    }
  }

  /** Returns the states of these sets, bounded; an agent may claim states of others. */
  private static List<RuleSetState> statesOf(List<RuleSetRecord> sets, List<RuleSetState> states) {
    Set<String> names = new HashSet<>();
    sets.forEach(set -> names.add(set.name()));
    return states.stream()
        .filter(state -> names.remove(state.name()))
        .map(RuleStates::bounded)
        .toList();
  }

  private static boolean isAwaited(RuleSetVersion version, List<RuleSetState> states) {
    return states.stream()
        .anyMatch(
            state ->
                state.name().equals(version.name())
                    && state.wanted() == version.version()
                    && state.version() != version.version());
  }

  private synchronized void announceAll() throws IOException {
    List<RuleSetRecord> sets = readInUse();
    for (Loading loading : loadings.values()) {
      announce(loading, sets);
    }
  }

  private void announce(Loading loading, List<RuleSetRecord> sets) {
    List<RuleSetVersion> versions =
        wantedBy(loading.agent, sets).stream()
            .map(set -> new RuleSetVersion(set.name(), set.version()))
            .toList();
    synchronized (loading) {
      if (!versions.equals(loading.announced)
          && fleet.send(loading.agent.id(), new RulesWanted(versions)) >= 0) {
        loading.announced = versions;
      }
    }
  }

  private static List<RuleSetRecord> wantedBy(AgentIdentity agent, List<RuleSetRecord> sets) {
    return sets.stream().filter(set -> target(set).matches(agent)).toList();
  }

  static Target target(RuleSetRecord set) {
    return new Target(null, set.service(), set.namespace(), null, null, set.labels());
  }

  /**
   * Returns the state of a set in the scope's connected agents that match its target.
   *
   * @return states in the order of the agents' ids
   */
  List<RuleSetView.OfAgent> agents(Scope scope, RuleSetRecord set) throws IOException {
    Map<Id, RuleSetState> known = elsewhere == null ? Map.of() : elsewhere.states(set.name());
    List<RuleSetView.OfAgent> views = new ArrayList<>();
    for (AgentIdentity agent : fleet.find(scope, target(set))) {
      Loading loading = loadings.get(agent.id());
      views.add(
          RuleSetView.OfAgent.of(
              agent, set, loading == null ? known.get(agent.id()) : state(loading, set)));
    }
    return views;
  }

  /** The sets that agents of the scope can get, with what became of each at those. */
  public List<PushedSet> pushed(Scope scope) throws IOException {
    List<PushedSet> sets = new ArrayList<>();
    for (RuleSetRecord set : inUse()) {
      if (scope.mayMeet(set.namespace(), set.service(), set.labels())) {
        RuleSetView view = RuleSetView.brief(set, agents(scope, set));
        sets.add(
            new PushedSet(set, view.loaded(), view.refused(), view.waiting(), view.unsupported()));
      }
    }
    return sets;
  }

  private static RuleSetState state(Loading loading, RuleSetRecord set) {
    synchronized (loading) {
      return loading.states.stream()
          .filter(state -> state.name().equals(set.name()))
          .findFirst()
          .orElse(new RuleSetState(set.name(), 0, 0, 0, List.of()));
    }
  }
}
