package whorl.collector.schedules;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.store.database.Database;
import whorl.collector.store.schedules.ScheduleLedger;

/** Connects the parts of scheduled captures. */
public final class Schedules {
  private static final Duration EVERY = Duration.ofSeconds(10);

  private Schedules() {}

  /**
   * Starts the task.
   *
   * @param closing receives what must be closed, last opened first
   * @return the routes
   */
  public static List<Route> open(
      Database database,
      Fleet fleet,
      Captures captures,
      CustodyLog custody,
      InstantSource clock,
      Metrics metrics,
      List<AutoCloseable> closing) {
    ScheduleLedger ledger = new ScheduleLedger(database);
    ScheduledCaptures scheduled =
        new ScheduledCaptures(ledger, new FleetRequester(fleet, captures), clock);
    metrics.counter(
        "whorl_scheduled_captures_total",
        "Captures that schedules requested.",
        scheduled::requested);
    metrics.counter(
        "whorl_scheduled_captures_skipped_total",
        "Turns of schedules at which no agent could be captured.",
        scheduled::skipped);
    metrics.counter(
        "whorl_scheduled_captures_failed_total",
        "Turns of schedules that failed, and were tried again.",
        scheduled::failed);
    closing.add(0, PeriodicTasks.start("schedules", EVERY, scheduled::run));
    return new ScheduleRoutes(ledger, new ScheduleCustody(custody), clock).routes();
  }
}
