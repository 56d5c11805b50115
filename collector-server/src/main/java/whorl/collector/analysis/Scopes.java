package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
final class Scopes {
  private static final int ALERTS_AT_ONCE = 500;
  private static final int ELSEWHERE_MAX = 50;
  private static final int VALUES_MAX = 200;

  private final IndicatorLedger ledger;
  private final AlertLedger alerts;

  Scopes(IndicatorLedger ledger, AlertLedger alerts) {
    this.ledger = ledger;
    this.alerts = alerts;
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

  /** Of each telling value, who else saw it; values that nobody else saw are left out. */
  List<Scope> of(EvidenceRecord evidence, List<Indicator> telling) throws IOException {
    readAlerts();
    List<Scope> scopes = new ArrayList<>();
    for (Indicator each : telling.subList(0, Math.min(VALUES_MAX, telling.size()))) {
      List<Scope.Elsewhere> elsewhere = new ArrayList<>();
      // an intruder's address is in many rows of this evidence's own agent: look past them
      for (Sighting seen : ledger.sightings(each.kind(), each.value(), ELSEWHERE_MAX * 4)) {
        if (elsewhere.size() < ELSEWHERE_MAX && isElsewhere(evidence, each.kind(), seen.origin())) {
          elsewhere.add(elsewhere(seen));
        }
      }
      if (!elsewhere.isEmpty()) {
        scopes.add(new Scope(each.kind().word(), each.value(), elsewhere));
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

  private static boolean isElsewhere(EvidenceRecord evidence, IndicatorKind kind, Origin origin) {
    boolean sameAgent = evidence.agent().equals(origin.agent());
    if (kind == IndicatorKind.AGENT_KEY || origin.alert() != null) {
      return !sameAgent;
    }
    return !evidence.id().equals(origin.evidence());
  }

  private static Scope.Elsewhere elsewhere(Sighting seen) {
    Origin origin = seen.origin();
    return new Scope.Elsewhere(
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
