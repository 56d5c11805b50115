package whorl.collector.fleet.rules;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.records.RuleLedger;
import whorl.collector.store.records.RuleSetRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.RuleSetState;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CollectorMessage.RuleSetVersion;
import whorl.evidence.channel.CollectorMessage.RuleText;
import whorl.evidence.channel.CollectorMessage.RulesWanted;

/**
 * The sets of rules that are pushed to agents beside their own. At its connection and at each
 * change, an agent gets the list of its sets. It answers with its state, and then gets one missing
 * text after each answer, so that no text waits behind another in the channel. Safe for use by
 * several threads.
 */
public final class RuleSets {
  /** Limit for the number of sets. */
  static final int MAX_SETS = 32;

  /** The capability of agents that support pushed rules. */
  public static final String CAPABILITY = "pushedRules";

  private final RuleLedger ledger;
  private final Fleet fleet;
  private final RuleChanges changes;
  private final InstantSource clock;
  private final ConcurrentHashMap<Id, Loading> loadings = new ConcurrentHashMap<>();

  public RuleSets(RuleLedger ledger, Fleet fleet, RuleChanges changes, InstantSource clock) {
    this.ledger = ledger;
    this.fleet = fleet;
    this.changes = changes;
    this.clock = clock;
  }

  /** The loading state of one connected agent. Its fields are guarded by its own monitor. */
  private static final class Loading {
    private final AgentIdentity agent;

    /** Name and version of the texts sent over this connection. */
    private final Set<RuleSetVersion> sent = new HashSet<>();

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
            ledger.nextVersion(name),
            target.service(),
            target.namespace(),
            target.labels(),
            yaml,
            Digest.of(bytes),
            bytes.length,
            clock.instant(),
            by);
    changes.pushed(set, by, remoteAddress);
    if (!ledger.put(set)) {
      throw new ProblemException(
          409,
          "pushed meanwhile",
          "version "
              + set.version()
              + " of "
              + name
              + " was pushed to another collector at this moment; push again");
    }
    announceAll();
    return set;
  }

  /** Removes the set from the agents; false when no set has this name. */
  synchronized boolean remove(String name, String by, String remoteAddress) throws IOException {
    if (ledger.find(name) == null) {
      return false;
    }
    changes.removed(name, by, remoteAddress);
    ledger.remove(name);
    announceAll();
    return true;
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
    announce(loading, ledger.inUse());
  }

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
    synchronized (loading) {
      loading.states = message.sets();
      for (RuleSetRecord set : wanted) {
        RuleSetVersion version = new RuleSetVersion(set.name(), set.version());
        if (isAwaited(version, message.sets()) && loading.sent.add(version)) {
          fleet.send(agent, new RuleText(set.name(), set.version(), set.yaml()));
          return;
        }
      }
    }
  }

  private static boolean isAwaited(RuleSetVersion version, List<RuleSetState> states) {
    return states.stream()
        .anyMatch(
            state ->
                state.name().equals(version.name())
                    && state.wanted() == version.version()
                    && state.version() != version.version());
  }

  private void announceAll() throws IOException {
    List<RuleSetRecord> sets = ledger.inUse();
    for (Loading loading : loadings.values()) {
      announce(loading, sets);
    }
  }

  private void announce(Loading loading, List<RuleSetRecord> sets) {
    List<RuleSetVersion> versions =
        wantedBy(loading.agent, sets).stream()
            .map(set -> new RuleSetVersion(set.name(), set.version()))
            .toList();
    fleet.send(loading.agent.id(), new RulesWanted(versions));
  }

  private static List<RuleSetRecord> wantedBy(AgentIdentity agent, List<RuleSetRecord> sets) {
    return sets.stream().filter(set -> target(set).matches(agent)).toList();
  }

  static Target target(RuleSetRecord set) {
    return new Target(null, set.service(), set.namespace(), null, null, set.labels());
  }

  /**
   * Returns the state of a set in the connected agents that match its target.
   *
   * @return states in the order of the agents' ids
   */
  List<RuleSetView.OfAgent> agents(RuleSetRecord set) {
    List<RuleSetView.OfAgent> views = new ArrayList<>();
    for (AgentIdentity agent : fleet.find(target(set))) {
      Loading loading = loadings.get(agent.id());
      views.add(RuleSetView.OfAgent.of(agent, set, loading == null ? null : state(loading, set)));
    }
    return views;
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
