package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.AlertLedger;
import whorl.collector.store.AlertRecord;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.Indicator;
import whorl.collector.store.IndicatorKind;
import whorl.collector.store.IndicatorLedger;
import whorl.collector.store.IndicatorLedger.Origin;
import whorl.collector.store.IndicatorLedger.Sighting;
import whorl.collector.store.Page;
import whorl.evidence.Id;

/** Who else saw what one piece of evidence speaks of. Safe for use by several threads. */
final class SharedIndicators {
  private static final int ALERTS_AT_ONCE = 500;
  private static final int ELSEWHERE_MAX = 50;
  private static final int VALUES_MAX = 200;

  private final IndicatorLedger ledger;
  private final AlertLedger alerts;
  private final JvmPlaces places;

  SharedIndicators(IndicatorLedger ledger, AlertLedger alerts, JvmPlaces places) {
    this.ledger = ledger;
    this.alerts = alerts;
    this.places = places;
  }

  boolean knows(Id evidence) throws IOException {
    return ledger.knows(evidence);
  }

  void fill(EvidenceRecord evidence, @Nullable String pod, List<Indicator> seen)
      throws IOException {
    ledger.replace(
        new Origin(evidence.id(), null, evidence.agent(), evidence.service(), pod), seen);
  }

  void forget(Id evidence) throws IOException {
    ledger.forget(evidence);
  }

  /**
   * Of each telling value, which other JVMs saw it; values that no other saw are left out. A JVM is
   * listed once, however much evidence there is of it, and is itself after a restart.
   */
  List<SharedIndicator> of(EvidenceRecord evidence, List<Indicator> telling) throws IOException {
    readAlerts();
    List<SharedIndicator> scopes = new ArrayList<>();
    for (Indicator each : telling.subList(0, Math.min(VALUES_MAX, telling.size()))) {
      List<SharedIndicator.Elsewhere> elsewhere = elsewhere(evidence.agent(), each);
      if (!elsewhere.isEmpty()) {
        scopes.add(new SharedIndicator(each.kind().word(), each.value(), elsewhere));
      }
    }
    return scopes;
  }

  /** Takes in what alerts have told since the last time. */
  private synchronized void readAlerts() throws IOException {
    while (true) {
      Page<AlertRecord> page = alerts.after(ledger.alertsReadUpTo(), ALERTS_AT_ONCE);
      Long next = page.next();
      if (next == null) {
        return;
      }
      List<Sighting> told = new ArrayList<>();
      for (AlertRecord record : page.items()) {
        Origin origin =
            new Origin(null, record.alert().id(), record.agent(), record.service(), record.pod());
        for (Indicator indicator : Indicators.of(record)) {
          told.add(new Sighting(indicator, origin));
        }
      }
      ledger.alerts(told, next);
    }
  }

  private List<SharedIndicator.Elsewhere> elsewhere(Id agent, Indicator telling)
      throws IOException {
    List<SharedIndicator.Elsewhere> elsewhere = new ArrayList<>();
    Set<String> listed = new HashSet<>();
    boolean key = telling.kind() == IndicatorKind.AGENT_KEY;
    if (!key) {
      listed.add(places.of(agent));
    }
    // more than are listed, for agents of one place count once
    for (Sighting seen :
        ledger.sightings(telling.kind(), telling.value(), agent, ELSEWHERE_MAX * 4)) {
      Id other = seen.origin().agent();
      if (elsewhere.size() < ELSEWHERE_MAX
          // a key belongs to one process, so that another process with it is told even here
          && (key || other == null || listed.add(places.of(other)))) {
        elsewhere.add(elsewhere(seen));
      }
    }
    return elsewhere;
  }

  private static SharedIndicator.Elsewhere elsewhere(Sighting seen) {
    Origin origin = seen.origin();
    return new SharedIndicator.Elsewhere(
        text(origin.agent()),
        origin.service(),
        origin.pod(),
        text(origin.evidence()),
        text(origin.alert()),
        seen.indicator().firstSeen(),
        seen.indicator().lastSeen());
  }

  private static @Nullable String text(@Nullable Id id) {
    return id == null ? null : id.value();
  }
}
