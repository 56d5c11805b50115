package whorl.collector.hunt;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.fleet.captures.CaptureRoutes;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.access.Scope;
import whorl.collector.store.hunts.AskedAgent;
import whorl.collector.store.hunts.HuntAnswerLedger;
import whorl.collector.store.hunts.HuntCaptureLedger;
import whorl.collector.store.hunts.HuntCaptureLedger.Awaited;
import whorl.collector.store.hunts.HuntCaptureLedger.Ended;
import whorl.collector.store.hunts.HuntStatus;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** Captures of the agents that a hunt found something in, and their way into a case. */
public final class HuntCaptures {
  private static final Logger LOG = LoggerFactory.getLogger(HuntCaptures.class);
  private static final int AGENTS_MAX = 1_000;
  private static final int AWAITED_AT_ONCE = 200;

  /** A capture ends within a day, and what arrived of it is sealed within another one. */
  private static final Duration AWAITED_FOR = Duration.ofDays(3);

  private final HuntAnswerLedger answers;
  private final HuntCaptureLedger awaited;
  private final Captures captures;
  private final Fleet fleet;
  private final CaptureRoutes.Requests requests;
  private final CaseFile cases;
  private final InstantSource clock;

  /** Puts evidence into a case. */
  @FunctionalInterface
  public interface CaseFile {
    /**
     * @throws ProblemException if the case or the evidence is gone, or the case is full
     */
    void add(Id ofCase, Id evidence, String by) throws IOException;
  }

  /**
   * @param requests learns who requests captures
   */
  public HuntCaptures(
      HuntAnswerLedger answers,
      HuntCaptureLedger awaited,
      Captures captures,
      Fleet fleet,
      CaptureRoutes.Requests requests,
      CaseFile cases,
      InstantSource clock) {
    this.answers = answers;
    this.awaited = awaited;
    this.captures = captures;
    this.fleet = fleet;
    this.requests = requests;
    this.cases = cases;
    this.clock = clock;
  }

  /**
   * The captures that were requested.
   *
   * @param skipped agents with rows that have no capture now, and why
   */
  record Requested(List<CaptureRecord> captures, List<Skipped> skipped) {}

  /** An agent from which no capture was requested. */
  record Skipped(Id agent, String why) {}

  /**
   * Requests a capture of each agent that has rows and is connected.
   *
   * @param scope what the caller may capture
   * @param ofCase receives the evidence; null for none
   * @param by the caller's name in custody
   * @throws ProblemException 404 if no agent has rows, 429 if there are too many captures already
   */
  Requested request(
      HuntStatus hunt,
      Scope scope,
      CaptureOrder order,
      @Nullable Id ofCase,
      String by,
      String remoteAddress)
      throws IOException {
    List<AskedAgent> withRows =
        answers.agents(scope, hunt.hunt().id(), Set.of(), true, null, AGENTS_MAX);
    if (withRows.isEmpty()) {
      throw new ProblemException(
          404, "nothing found", "no agent of this hunt has rows, so there is nothing to capture");
    }
    List<AgentIdentity> connected = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    for (AskedAgent each : withRows) {
      List<AgentIdentity> found = fleet.find(scope, agent(each.agent()));
      if (found.isEmpty()) {
        skipped.add(new Skipped(each.agent(), "it is not connected any more"));
      } else {
        connected.addAll(found);
      }
    }
    List<AgentIdentity> able = connected.isEmpty() ? List.of() : captures.withRoom(connected);
    Set<AgentIdentity> room = new HashSet<>(able);
    for (AgentIdentity each : connected) {
      if (!room.contains(each)) {
        skipped.add(new Skipped(each.id(), "it has too many captures open"));
      }
    }
    if (!able.isEmpty()) {
      requests.requested(order, able, ofCase, by, remoteAddress);
    }
    List<CaptureRecord> requested =
        able.isEmpty() ? List.of() : captures.request(order, able, null);
    if (ofCase != null) {
      awaited.add(
          requested.stream()
              .map(each -> new Awaited(each.id(), hunt.hunt().id(), ofCase, by))
              .toList(),
          clock.instant());
    }
    return new Requested(requested, skipped);
  }

  private static Target agent(Id agent) {
    return new Target(agent.value(), null, null, null, null, Map.of());
  }

  /** Puts evidence that has been sealed since into its case; to be called every few seconds. */
  public void fileSealed() throws IOException {
    OneByOne files = new OneByOne();
    Instant oldest = clock.instant().minus(AWAITED_FOR);
    String after = "";
    List<Ended> some = awaited.ended(oldest, after, AWAITED_AT_ONCE);
    while (!some.isEmpty()) {
      for (Ended each : some) {
        Id capture = each.awaited().capture();
        files.run("evidence of capture " + capture, () -> file(each.awaited(), each.evidence()));
        after = capture.value();
      }
      some = awaited.ended(oldest, after, AWAITED_AT_ONCE);
    }
    files.end();
  }

  private void file(Awaited each, @Nullable Id evidence) throws IOException {
    if (evidence != null) {
      try {
        cases.add(each.ofCase(), evidence, each.actor());
      } catch (ProblemException e) {
        LOG.warn(
            "evidence {} of a hunt did not get into case {}: {}",
            evidence,
            each.ofCase(),
            e.getMessage());
      }
    }
    awaited.remove(each.capture());
  }
}
