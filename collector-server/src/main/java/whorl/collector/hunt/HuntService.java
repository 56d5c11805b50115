package whorl.collector.hunt;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.captures.CaptureCustody;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.channel.AgentChannel;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.hunts.HuntAnswerLedger;
import whorl.collector.store.hunts.HuntCaptureLedger;
import whorl.collector.store.hunts.HuntLedger;
import whorl.collector.store.rules.RuleLedger;

/** Opens the parts of hunts and connects them. */
public final class HuntService {
  private static final Duration WORK_EVERY = Duration.ofMillis(250);
  private static final Duration FILE_EVERY = Duration.ofSeconds(5);

  private HuntService() {}

  /**
   * What hunts need of the collector.
   *
   * @param whose finds out whose an agent is
   * @param cases decides who sees a case
   * @param caseFile puts evidence into a case
   */
  public record Parts(
      Database database,
      Fleet fleet,
      Captures captures,
      AgentChannel channel,
      CustodyLog custody,
      Notifications notifications,
      InstantSource clock,
      Hunts.Whose whose,
      HuntRoutes.Cases cases,
      HuntCaptures.CaseFile caseFile) {}

  /**
   * Opens hunts, and returns their routes.
   *
   * @param closing receives what must be closed, last opened first
   */
  public static List<Route> open(Parts parts, Metrics metrics, List<AutoCloseable> closing)
      throws IOException {
    HuntLedger ledger =
        new HuntLedger(parts.database(), HuntLimits.MAX_OF_PERSON, HuntLimits.MAX_RUNNING);
    HuntAnswerLedger answers = new HuntAnswerLedger(parts.database());
    HuntCounters counters = new HuntCounters();
    Hunts hunts =
        new Hunts(
            ledger,
            answers,
            parts.fleet(),
            parts.whose(),
            parts.notifications(),
            parts.clock(),
            System::nanoTime,
            counters);
    HuntCaptures captures =
        new HuntCaptures(
            answers,
            new HuntCaptureLedger(parts.database()),
            parts.captures(),
            parts.fleet(),
            new CaptureCustody(parts.custody()),
            parts.caseFile(),
            parts.clock());
    parts.channel().hunts(hunts);
    closing.add(0, hunts.listen());
    closing.add(0, PeriodicTasks.start("hunts", WORK_EVERY, hunts::work));
    closing.add(0, PeriodicTasks.start("hunt-captures", FILE_EVERY, captures::fileSealed));
    register(metrics, hunts, counters);
    return new HuntRoutes(
            ledger,
            answers,
            hunts,
            captures,
            parts.cases(),
            new RuleLedger(parts.database()),
            parts.fleet(),
            parts.custody(),
            parts.clock(),
            counters)
        .routes();
  }

  private static void register(Metrics metrics, Hunts hunts, HuntCounters counters) {
    metrics.gauge("whorl_hunts_running", "Hunts that run now.", hunts::runningNow);
    metrics.counter("whorl_hunts_total", "Hunts that people started here.", counters::started);
    metrics.counter(
        "whorl_hunts_refused_total",
        "Hunts that were not started, because too many were running.",
        counters::refusedStarts);
    metrics.counter(
        "whorl_hunt_answers_total", "Answers of agents to hunts, stored here.", counters::answers);
    metrics.counter(
        "whorl_hunt_answers_unasked_total",
        "Answers of agents to hunts that did not await them.",
        counters::unasked);
    metrics.counter(
        "whorl_hunt_answers_dropped_total",
        "Answers of agents to hunts whose rows were dropped here.",
        counters::dropped);
  }
}
