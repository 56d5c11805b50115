package whorl.collector.alerts;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.triage.GroupLists;
import whorl.collector.store.triage.TriagedAlert;
import whorl.evidence.Id;

/** Makes views of alerts, with few queries for many. Thread-safe. */
public final class AlertViews {
  private final AlertLedger ledger;
  private final GroupLists groups;

  public AlertViews(AlertLedger ledger, GroupLists groups) {
    this.ledger = ledger;
    this.groups = groups;
  }

  /** The views of these alerts, in their order, without their journals. */
  public List<Object> of(List<AlertRecord> alerts) throws IOException {
    Map<Id, TriagedAlert> triaged =
        groups.triaged(alerts.stream().map(each -> each.alert().id()).toList());
    Map<Id, Id> evidence =
        groups.ofCaptures(
            alerts.stream().flatMap(each -> each.captures().stream()).distinct().toList());
    List<Object> views = new ArrayList<>();
    for (AlertRecord each : alerts) {
      views.add(view(each, triaged.get(each.alert().id()), evidence, false));
    }
    return views;
  }

  /** The view of this alert; null if it is not kept any more. */
  public @Nullable Object of(Id alert) throws IOException {
    AlertRecord found = ledger.find(alert);
    return found == null ? null : of(List.of(found)).get(0);
  }

  /** The view of one alert, with its journal. */
  AlertView withJournal(AlertRecord alert) throws IOException {
    Id id = alert.alert().id();
    return view(
        alert, groups.triaged(List.of(id)).get(id), groups.ofCaptures(alert.captures()), true);
  }

  private AlertView view(
      AlertRecord alert, @Nullable TriagedAlert triaged, Map<Id, Id> evidence, boolean journal)
      throws IOException {
    Id own = null;
    for (Id capture : alert.captures()) {
      own = own == null ? evidence.get(capture) : own;
    }
    return AlertView.of(
        alert,
        own == null && triaged != null ? triaged.evidence() : own,
        triaged,
        journal ? ledger.journal(alert.alert().id()) : null);
  }
}
