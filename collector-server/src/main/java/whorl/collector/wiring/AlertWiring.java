package whorl.collector.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.alerts.AlertCounters;
import whorl.collector.alerts.AlertRoutes;
import whorl.collector.alerts.AlertViews;
import whorl.collector.alerts.Alerts;
import whorl.collector.alerts.triage.GroupRoutes;
import whorl.collector.alerts.triage.MuteRoutes;
import whorl.collector.alerts.triage.TriageCustody;
import whorl.collector.analysis.Reports;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.notify.Notifier;
import whorl.collector.retention.PurgeListener;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Deed;
import whorl.collector.store.triage.AlertGroup;
import whorl.collector.store.triage.AlertGroups;
import whorl.collector.store.triage.AlertMutes;
import whorl.collector.store.triage.EarlierAlerts;
import whorl.collector.store.triage.GroupLists;
import whorl.collector.store.triage.Triage;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.LimitWiring;
import whorl.collector.wiring.base.RecordMetrics;

/**
 * Alerts of agents and from outside, their groups, and what people decide about them.
 *
 * @param notifier is called with each alert, and with what is decided about groups
 */
public record AlertWiring(
    Alerts alerts,
    AlertLedger ledger,
    AlertGroups groups,
    AlertMutes mutes,
    AlertCounters counters,
    Notifier notifier) {
  /**
   * Lists have only alerts with a group: after an upgrade, the others must not be away for long.
   */
  private static final Duration EARLIER_ALERTS_EVERY = Duration.ofSeconds(3);

  private static final long MAX_ALERTS = 1_000_000;
  private static final long MAX_BYTES = 4L << 30;

  public static AlertWiring open(
      Foundation base,
      LimitWiring limits,
      IdentityWiring identities,
      FleetWiring fleet,
      Notifier notifier)
      throws IOException {
    AlertMutes mutes = new AlertMutes(base.database());
    AlertGroups groups = new AlertGroups(base.database(), mutes);
    AlertLedger ledger = new AlertLedger(base.database(), MAX_ALERTS, MAX_BYTES, groups);
    EarlierAlerts earlier = new EarlierAlerts(base.database(), groups);
    base.every("earlier-alerts", EARLIER_ALERTS_EVERY, earlier::lookAll);
    ledger.setListener(notifier::alert);
    notifier.setGroups(alert -> attack(groups.groupOf(alert), groups, ledger));
    notifier.setMutes(alert -> mutes.muting(alert) != null);
    AlertCounters counters = new AlertCounters();
    register(base.metrics(), counters, ledger);
    Alerts alerts =
        new Alerts(
            ledger,
            fleet.captures(),
            fleet.fleet(),
            limits.storm(identities.owners()::ownerOf),
            limits.cooldowns(),
            base.clock(),
            counters,
            limits.alertKibibytesADay());
    fleet.chains().alerts(alerts);
    return new AlertWiring(alerts, ledger, groups, mutes, counters, notifier);
  }

  /** The groups of alerts learn which evidence holds their worst finding. */
  void follow(Reports reports) {
    reports.onKept((evidence, gravest, held) -> groups.held(evidence.id(), evidence.agent(), held));
  }

  /** Called when evidence is purged. */
  public PurgeListener purgeListener() {
    return (evidence, why) -> groups.purged(evidence);
  }

  /** The routes of alerts, groups and mutes. */
  public List<Route> routes(Foundation base, CustodyWiring custody, LimitWiring limits) {
    GroupLists lists = new GroupLists(base.database());
    TriageCustody decisions = new TriageCustody(custody.log());
    List<Route> routes =
        new ArrayList<>(
            new AlertRoutes(alerts, ledger, lists, base.clock(), counters, limits.alertsAMinute())
                .routes());
    routes.addAll(
        new GroupRoutes(
                lists, triage(base), mutes, new AlertViews(ledger, lists), decisions, base.clock())
            .routes());
    routes.addAll(new MuteRoutes(mutes, decisions, base.clock()).routes());
    return routes;
  }

  /** What is decided about alerts; who was notified of them learns that they are closed. */
  private Triage triage(Foundation base) {
    Triage triage = new Triage(base.database(), base.clock());
    triage.setListener(
        (group, state) -> {
          Notifier.Ended ended = ended(group, group.version(), groups, ledger);
          if (ended != null) {
            notifier.over(ended);
          }
        });
    return triage;
  }

  private static Notifier.@Nullable Attack attack(
      @Nullable AlertGroup group, AlertGroups groups, AlertLedger ledger) throws IOException {
    if (group == null) {
      return null;
    }
    boolean over = group.state().isClosed();
    return new Notifier.Attack(
        group.id(), over ? ended(group, group.version() - 1, groups, ledger) : null);
  }

  /**
   * @param version that the group had before it was over
   */
  private static Notifier.@Nullable Ended ended(
      AlertGroup group, long version, AlertGroups groups, AlertLedger ledger) throws IOException {
    AlertRecord first = ledger.find(group.id());
    if (first == null) {
      return null;
    }
    Set<AlertRecord> places = new LinkedHashSet<>(List.of(first));
    for (AlertGroups.Place each : groups.places(group.id())) {
      places.add(first.at(each.agent(), each.service(), each.namespace()));
    }
    return new Notifier.Ended(
        first,
        group.level(),
        group.titles().stream().map(Deed.Match::rule).collect(Collectors.toSet()),
        version,
        List.copyOf(places));
  }

  private static void register(Metrics metrics, AlertCounters alerts, AlertLedger ledger) {
    metrics.counter("whorl_alerts_total", "Alerts kept.", alerts::fromAgents, "source", "agent");
    metrics.counter("whorl_alerts_total", "Alerts kept.", alerts::fromOutside, "source", "outside");
    metrics.counter("whorl_alerts_total", "Alerts kept.", alerts::ofSilence, "source", "collector");
    metrics.counter(
        "whorl_alerts_held_back_total",
        "Alerts kept without a capture by storm control.",
        alerts::heldBackByStorm);
    metrics.counter(
        "whorl_alert_captures_total", "Captures that alerts were allowed to start.", alerts::full);
    metrics.counter(
        "whorl_alerts_joined_total",
        "Outside alerts that joined a capture begun shortly before.",
        alerts::joined);
    metrics.counter(
        "whorl_alerts_repeated_total",
        "Alerts that agents raised again after a lost connection.",
        alerts::repeated);
    metrics.counter(
        "whorl_alerts_over_quota_total",
        "Alerts of agents not kept, since their network's alerts took the day's room.",
        alerts::overQuota);
    metrics.counter(
        "whorl_alert_events_trimmed_total",
        "Events left out of journals of alerts that were too long.",
        alerts::trimmedEvents);
    metrics.counter(
        "whorl_alerts_unmatched_total", "Outside alerts that met no agent.", alerts::unmatched);
    metrics.counter(
        "whorl_alerts_too_many_total",
        "Outside alerts refused, since their token sent very many.",
        alerts::tooMany);
    metrics.counter(
        "whorl_alerts_malformed_total",
        "Webhook bodies that could not be understood.",
        alerts::malformed);
    RecordMetrics.gauge(metrics, "whorl_alerts_kept", "Alerts that are kept.", ledger::count);
    metrics.counter(
        "whorl_alerts_evicted_total",
        "Alerts older than a day, forgotten for newer ones.",
        ledger::evicted);
    metrics.counter(
        "whorl_alerts_refused_total", "Alerts for which there was no room.", ledger::refused);
  }
}
