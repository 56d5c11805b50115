package whorl.collector.hunt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
import whorl.collector.store.hunts.HuntLedger;
import whorl.collector.store.hunts.HuntRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Starts hunts: checks, counts, writes each into custody, and only then asks agents. */
final class HuntStart {
  private static final int DETAIL_CHARS = 500;

  private final HuntLedger ledger;
  private final Hunts hunts;
  private final Questions questions;
  private final Fleet fleet;
  private final CustodyLog custody;
  private final InstantSource clock;
  private final HuntCounters counters;

  HuntStart(
      HuntLedger ledger,
      Hunts hunts,
      Questions questions,
      Fleet fleet,
      CustodyLog custody,
      InstantSource clock,
      HuntCounters counters) {
    this.ledger = ledger;
    this.hunts = hunts;
    this.questions = questions;
    this.fleet = fleet;
    this.custody = custody;
    this.clock = clock;
    this.counters = counters;
  }

  /**
   * Starts a hunt.
   *
   * @param scope the agents that the caller may ask
   * @throws ProblemException 400 for a question that no agent could answer, 404 if no agent
   *     matches, 429 if too many hunts run
   */
  Id start(HuntRequest request, Principal caller, Scope scope, String remoteAddress)
      throws IOException {
    String title = questions.title(request.question(), scope);
    Target target = request.agents();
    Duration expires = request.expiresAfter();
    Instant now = Instant.ofEpochMilli(clock.millis());
    HuntRecord hunt =
        new HuntRecord(
            Id.next(clock),
            request.question(),
            title,
            HuntRequest.stored(target),
            request.checkedReason(),
            caller.name(),
            caller.quotaOwner(),
            scope.parts(),
            request.windowSeconds(),
            request.rows(),
            now,
            now.plus(expires),
            now.plus(expires).plus(HuntLimits.ENDS_AFTER));
    List<AgentIdentity> agents = fleet.find(scope, target);
    if (agents.isEmpty() && expires.isZero()) {
      throw new ProblemException(
          404,
          "no agent matches",
          "no connected agent matches "
              + (target.isEmpty() ? "" : target.described() + "; ")
              + "GET /api/v1/agents lists all, and with expires also those are asked that connect"
              + " later");
    }
    switch (ledger.add(hunt)) {
      case ADDED -> {}
      case TOO_MANY_OF_OWNER ->
          throw tooMany("you have " + HuntLimits.MAX_OF_PERSON + " hunts running");
      case TOO_MANY -> throw tooMany(HuntLimits.MAX_RUNNING + " hunts are running");
    }
    custody.append(
        CustodyAction.HUNTED, null, caller.name(), detail(hunt, target, agents, remoteAddress));
    if (!hunts.start(hunt, agents)) {
      throw new ProblemException(
          503, "hunt not started", "the hunt could not be started in time; ask again");
    }
    return hunt.id();
  }

  private ProblemException tooMany(String why) {
    counters.refusedStarts.increment();
    return new ProblemException(
        429, "too many hunts", why + "; wait until one has ended, or cancel one");
  }

  private static Map<String, String> detail(
      HuntRecord hunt, Target target, List<AgentIdentity> agents, String remoteAddress) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("hunt", hunt.id().value());
    detail.put("question", cut(hunt.title()));
    detail.put(
        "sha256", Digest.of(Json.text(hunt.question()).getBytes(StandardCharsets.UTF_8)).hex());
    detail.put("target", target.isEmpty() ? "all agents" : cut(target.described()));
    detail.put("agents", Integer.toString(agents.size()));
    if (hunt.reason() != null) {
      detail.put("reason", cut(hunt.reason()));
    }
    detail.put("from", remoteAddress);
    return detail;
  }

  private static String cut(String text) {
    return Text.atMost(text, DETAIL_CHARS);
  }
}
