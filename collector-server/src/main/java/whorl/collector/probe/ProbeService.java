package whorl.collector.probe;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.channel.AgentChannel;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.probes.ProbeCallLedger;
import whorl.collector.store.probes.ProbeLedger;
import whorl.collector.store.probes.ProbeStatus;
import whorl.collector.store.probes.ProbedAgent;
import whorl.evidence.AgentIdentity;

/** Opens the parts of probes and connects them. */
public final class ProbeService {
  private static final Duration WORK_EVERY = Duration.ofMillis(250);

  private final Probes probes;
  private final ProbeRoutes routes;
  private final ProbeCounters counters;

  private ProbeService(Probes probes, ProbeRoutes routes, ProbeCounters counters) {
    this.probes = probes;
    this.routes = routes;
    this.counters = counters;
  }

  /** Finds out whose an agent is. */
  @FunctionalInterface
  public interface Whose {
    /** Returns the id of the agent's origin. */
    String origin(AgentIdentity agent) throws IOException;
  }

  /**
   * What probes need of the collector.
   *
   * @param whose finds out whose an agent is
   */
  public record Parts(
      Database database,
      Fleet fleet,
      AgentChannel channel,
      CustodyLog custody,
      Notifications notifications,
      InstantSource clock,
      Whose whose) {}

  /**
   * Opens probes, and returns their routes.
   *
   * @param closing receives what must be closed, last opened first
   */
  public static List<Route> open(Parts parts, Metrics metrics, List<AutoCloseable> closing) {
    ProbeService service = of(parts, System::nanoTime);
    parts.channel().probes(service.probes);
    closing.add(0, service.probes.listen());
    closing.add(0, PeriodicTasks.start("probes", WORK_EVERY, service.probes::work));
    service.register(metrics);
    return service.routes();
  }

  static ProbeService of(Parts parts, LongSupplier nanos) {
    ProbeLedger ledger =
        new ProbeLedger(parts.database(), ProbeLimits.MAX_OF_PERSON, ProbeLimits.MAX_RUNNING);
    ProbeCallLedger calls = new ProbeCallLedger(parts.database());
    ProbeCounters counters = new ProbeCounters();
    Probes probes =
        new Probes(
            ledger,
            calls,
            parts.fleet(),
            status ->
                parts
                    .custody()
                    .append(
                        CustodyAction.PROBED,
                        null,
                        "collector",
                        ended(
                            status,
                            calls.agents(
                                Scope.EVERYTHING, status.probe().id(), ProbeLimits.AGENTS_MAX))),
            parts.notifications(),
            parts.clock(),
            nanos,
            counters);
    ProbeStart start =
        new ProbeStart(
            ledger, probes, parts.fleet(), parts.whose(), parts.custody(), parts.clock(), counters);
    return new ProbeService(probes, new ProbeRoutes(ledger, calls, probes, start), counters);
  }

  Probes probes() {
    return probes;
  }

  ProbeCounters counters() {
    return counters;
  }

  List<Route> routes() {
    return routes.routes();
  }

  private static Map<String, String> ended(ProbeStatus status, List<ProbedAgent> agents) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("probe", status.probe().id().value());
    detail.put("method", ProbeStart.cut(status.probe().request().title()));
    detail.put("ended", ProbeStart.cut(String.valueOf(status.why())));
    detail.put("calls", Long.toString(status.calls()));
    for (ProbedAgent each : agents) {
      ProbedAgent.Facts facts = each.facts();
      String restored =
          facts == null || facts.restored() == null
              ? ""
              : facts.restored() ? "; classes restored" : "; classes NOT restored";
      detail.put(
          "agent " + each.agent().value(),
          ProbeStart.cut(
              each.state().word()
                  + (each.reason() == null ? "" : ": " + each.reason())
                  + restored));
    }
    return detail;
  }

  private void register(Metrics metrics) {
    metrics.gauge("whorl_probes_running", "Method probes that run now.", probes::runningNow);
    metrics.counter(
        "whorl_probes_total", "Method probes that people started here.", counters::started);
    metrics.counter(
        "whorl_probes_refused_total",
        "Method probes that were not started, because too many were running.",
        counters::refusedStarts);
    metrics.counter(
        "whorl_probe_reports_total",
        "Reports of agents about probes, stored here.",
        counters::reports);
    metrics.counter(
        "whorl_probe_reports_unasked_total",
        "Reports of agents about probes that are not theirs, or have ended.",
        counters::unasked);
    metrics.counter(
        "whorl_probe_calls_dropped_total",
        "Recorded calls of probes that did not fit or could not be stored here.",
        counters::dropped);
  }
}
