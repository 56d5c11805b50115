package whorl.collector.fleet;

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
import whorl.collector.store.RuleLedger;
import whorl.collector.store.RuleSetRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.AgentMessage.RuleSetState;
import whorl.evidence.AgentMessage.RulesLoaded;
import whorl.evidence.CollectorMessage.RuleSetVersion;
import whorl.evidence.CollectorMessage.RuleText;
import whorl.evidence.CollectorMessage.RulesWanted;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The sets of rules that agents shall have beside their own. An agent is told at its connection,
 * and at each change, which sets it shall have; it answers, and is then sent the texts that it
 * lacks, one after each answer, so that no text waits behind another in the channel. Safe for use
 * by several threads.
 */
public final class RuleSets {
  /** The most sets there may be. */
  static final int MAX_SETS = 32;

  /** What an agent says of itself when it understands pushed rules. */
  static final String CAPABILITY = "pushedRules";

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

  /** How far one connected agent is. Its fields are guarded by itself. */
  private static final class Loading {
    private final AgentIdentity agent;

    /** Texts that went over this connection: name and version. */
    private final Set<RuleSetVersion> sent = new HashSet<>();

    private List<RuleSetState> states = List.of();

    Loading(AgentIdentity agent) {
      this.agent = agent;
    }
  }

  /**
   * Keeps a new version of the set and tells the agents.
   *
   * @param target service, namespace and labels alone are looked at
   * @return it, or null when there are too many sets
   */
  synchronized @Nullable RuleSetRecord push(
      String name, Target target, String yaml, String by, String remoteAddress) throws IOException {
    List<RuleSetRecord> before = ledger.inUse();
    boolean known = before.stream().anyMatch(set -> set.name().equals(name));
    if (!known && before.size() >= MAX_SETS) {
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
    ledger.put(set);
    tellAll();
    return set;
  }

  /** Takes the set back from the agents; false when there is none of this name. */
  synchronized boolean remove(String name, String by, String remoteAddress) throws IOException {
    if (ledger.find(name) == null) {
      return false;
    }
    changes.removed(name, by, remoteAddress);
    ledger.remove(name);
    tellAll();
    return true;
  }

  List<RuleSetRecord> inUse() throws IOException {
    return ledger.inUse();
  }

  List<RuleSetRecord> versions(String name) throws IOException {
    return ledger.versions(name);
  }

  /** An agent is there; those that do not know pushed rules are left alone. */
  synchronized void agentArrived(AgentIdentity agent, Map<String, Object> capabilities)
      throws IOException {
    if (!Boolean.TRUE.equals(capabilities.get(CAPABILITY))) {
      return;
    }
    Loading loading = new Loading(agent);
    loadings.put(agent.id(), loading);
    tell(loading, ledger.inUse());
  }

  void agentGone(Id agent) {
    loadings.remove(agent);
  }

  /** An agent says what became of its rules: the next text that it lacks follows. */
  void loaded(Id agent, RulesLoaded message) throws IOException {
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

  private void tellAll() throws IOException {
    List<RuleSetRecord> sets = ledger.inUse();
    for (Loading loading : loadings.values()) {
      tell(loading, sets);
    }
  }

  private void tell(Loading loading, List<RuleSetRecord> sets) {
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
   * How a set stands with the connected agents that it is meant for.
   *
   * @return in the order of the agents' ids
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
