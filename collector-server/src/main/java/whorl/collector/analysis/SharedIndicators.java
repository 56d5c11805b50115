package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.SharedIndicator;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Indicator;
import whorl.collector.store.records.IndicatorKind;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.records.IndicatorLedger.Origin;
import whorl.collector.store.records.IndicatorLedger.Sighting;
import whorl.collector.store.records.Page;
import whorl.evidence.Id;

/** Finds other JVMs that share indicators with one piece of evidence. Thread-safe. */
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

  void fill(EvidenceRecord evidence, @Nullable String pod, List<Indicator> indicators)
      throws IOException {
    ledger.replace(
        new Origin(evidence.id(), null, evidence.agent(), evidence.service(), pod), indicators);
  }

  void forget(Id evidence) throws IOException {
    ledger.forget(evidence);
  }

  /**
   * Returns for each indicator the other JVMs in the scope that saw it; indicators that no other
   * JVM saw are left out. A JVM is listed once, and its restarts count as the same JVM.
   */
  List<SharedIndicator> of(Scope scope, EvidenceRecord evidence, List<Indicator> indicators)
      throws IOException {
    readAlerts();
    List<SharedIndicator> shared = new ArrayList<>();
    for (Indicator indicator : indicators.subList(0, Math.min(VALUES_MAX, indicators.size()))) {
      List<SharedIndicator.Elsewhere> elsewhere = elsewhere(scope, evidence.agent(), indicator);
      if (!elsewhere.isEmpty()) {
        shared.add(new SharedIndicator(indicator.kind().word(), indicator.value(), elsewhere));
      }
    }
    return shared;
  }

  /** Reads the indicators of alerts that were added since the last call. */
  private synchronized void readAlerts() throws IOException {
    while (true) {
      Page<AlertRecord> page = alerts.after(ledger.alertsReadUpTo(), ALERTS_AT_ONCE);
      Long next = page.next();
      if (next == null) {
        return;
      }
      List<Sighting> sightings = new ArrayList<>();
      for (AlertRecord record : page.items()) {
        Origin origin =
            new Origin(null, record.alert().id(), record.agent(), record.service(), record.pod());
        for (Indicator indicator : Indicators.of(record)) {
          sightings.add(new Sighting(indicator, origin));
        }
      }
      ledger.alerts(sightings, next);
    }
  }

  private List<SharedIndicator.Elsewhere> elsewhere(Scope scope, Id agent, Indicator indicator)
      throws IOException {
    List<SharedIndicator.Elsewhere> elsewhere = new ArrayList<>();
    Set<String> listed = new HashSet<>();
    boolean key = indicator.kind() == IndicatorKind.AGENT_KEY;
    if (!key) {
      listed.add(places.of(agent));
    }
    // query more than are listed, because agents of the same JVM count once
    for (Sighting sighting :
        ledger.sightings(scope, indicator.kind(), indicator.value(), agent, ELSEWHERE_MAX * 4)) {
      Id other = sighting.origin().agent();
      if (elsewhere.size() < ELSEWHERE_MAX
          // a key belongs to one process, so another process with it is listed even in the same pod
          && (key || other == null || listed.add(places.of(other)))) {
        elsewhere.add(elsewhere(sighting));
      }
    }
    return elsewhere;
  }

  private static SharedIndicator.Elsewhere elsewhere(Sighting sighting) {
    Origin origin = sighting.origin();
    return new SharedIndicator.Elsewhere(
        text(origin.agent()),
        origin.service(),
        origin.pod(),
        text(origin.evidence()),
        text(origin.alert()),
        sighting.indicator().firstSeen(),
        sighting.indicator().lastSeen());
  }

  private static @Nullable String text(@Nullable Id id) {
    return id == null ? null : id.value();
  }
}
