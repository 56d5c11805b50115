package whorl.collector.probe;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.access.Scope;
import whorl.collector.store.probes.ProbeCallLedger.Candidate;
import whorl.collector.store.probes.ProbeLedger;
import whorl.collector.store.probes.ProbeRecord;
import whorl.collector.store.probes.ProbedAgent;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Text;
import whorl.evidence.channel.ProbeRequest;

/** Starts probes: checks, counts, writes each into custody, and only then asks agents. */
final class ProbeStart {
  private static final int DETAIL_CHARS = 500;

  private final ProbeLedger ledger;
  private final Probes probes;
  private final Fleet fleet;
  private final ProbeService.Whose whose;
  private final CustodyLog custody;
  private final InstantSource clock;
  private final ProbeCounters counters;

  ProbeStart(
      ProbeLedger ledger,
      Probes probes,
      Fleet fleet,
      ProbeService.Whose whose,
      CustodyLog custody,
      InstantSource clock,
      ProbeCounters counters) {
    this.ledger = ledger;
    this.probes = probes;
    this.fleet = fleet;
    this.whose = whose;
    this.custody = custody;
    this.clock = clock;
    this.counters = counters;
  }

  /**
   * Starts a probe.
   *
   * @param scope the agents that the caller may probe
   * @throws ProblemException 400 for a request that no agent could take, 404 if no agent matches,
   *     429 if too many probes run
   */
  Id start(ProbeBody body, Principal caller, Scope scope, String remoteAddress) throws IOException {
    ProbeRequest request = body.request();
    Target target = body.agents();
    String reason = body.checkedReason();
    List<AgentIdentity> agents = fleet.find(scope, target);
    if (agents.isEmpty()) {
      throw new ProblemException(
          404,
          "no agent matches",
          "no connected agent matches " + target.described() + "; GET /api/v1/agents lists all");
    }
    if (agents.size() > ProbeLimits.AGENTS_MAX) {
      throw new ProblemException(
          400,
          "too many agents",
          target.described()
              + " matches "
              + agents.size()
              + " agents; a probe is for at most "
              + ProbeLimits.AGENTS_MAX
              + ", so name one");
    }
    Instant now = Instant.ofEpochMilli(clock.millis());
    ProbeRecord probe =
        new ProbeRecord(
            Id.next(clock),
            request,
            target.described(),
            reason,
            caller.name(),
            caller.quotaOwner(),
            scope.parts(),
            now,
            now.plusSeconds(request.seconds()).plus(ProbeLimits.GRACE));
    switch (ledger.add(probe)) {
      case ADDED -> {}
      case TOO_MANY_OF_OWNER ->
          throw tooMany("you have " + ProbeLimits.MAX_OF_PERSON + " probes running");
      case TOO_MANY -> throw tooMany(ProbeLimits.MAX_RUNNING + " probes are running");
    }
    custody.append(CustodyAction.PROBED, null, caller.name(), detail(probe, agents, remoteAddress));
    if (!probes.start(probe.id(), candidates(agents))) {
      throw new ProblemException(
          503, "probe not started", "the probe could not be started in time; ask again");
    }
    return probe.id();
  }

  private List<Candidate> candidates(List<AgentIdentity> agents) throws IOException {
    List<Candidate> candidates = new ArrayList<>(agents.size());
    for (AgentIdentity agent : agents) {
      candidates.add(
          new Candidate(
              agent.id(),
              whose.origin(agent),
              new ProbedAgent.Brief(
                  agent.service(), agent.namespace(), agent.pod(), agent.host())));
    }
    return candidates;
  }

  private ProblemException tooMany(String why) {
    counters.refusedStarts.increment();
    return new ProblemException(
        429, "too many probes", why + "; wait until one has ended, or end one");
  }

  private static Map<String, String> detail(
      ProbeRecord probe, List<AgentIdentity> agents, String remoteAddress) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("probe", probe.id().value());
    detail.put("method", cut(probe.request().title()));
    detail.put("arguments", probe.request().arguments() ? "values" : "types and sizes");
    detail.put("stacks", Boolean.toString(probe.request().stacks()));
    detail.put("seconds", Integer.toString(probe.request().seconds()));
    detail.put("calls", Integer.toString(probe.request().calls()));
    detail.put("target", cut(probe.target()));
    detail.put(
        "agents", String.join(", ", agents.stream().map(agent -> agent.id().value()).toList()));
    detail.put("reason", cut(probe.reason()));
    detail.put("from", remoteAddress);
    return detail;
  }

  static String cut(String text) {
    return Text.atMost(text, DETAIL_CHARS);
  }
}
