package whorl.collector.retention;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.cases.Holds;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EvidenceClass;
import whorl.evidence.Id;

/** What retention keeps and would purge of the evidence that a scope holds. */
record ScopedRetention(Catalog catalog, Holds holds) {
  /** The state with the scope's evidence only; the limits count all evidence all the same. */
  Retention.Status of(Scope scope, Retention.Status all) throws IOException {
    if (scope.isEverything()) {
      return all;
    }
    Map<EvidenceClass, Plan.Sum> sums = Plan.sums();
    for (Map.Entry<EvidenceClass, Catalog.ClassSum> each : catalog.sums(scope).entrySet()) {
      sums.put(each.getKey(), Plan.Sum.of(each.getKey(), each.getValue()));
    }
    for (Catalog.Kept held : catalog.among(scope, holds.held())) {
      sums.getOrDefault(held.of(), new Plan.Sum()).addHeld(held);
    }
    Set<Id> seen = new HashSet<>();
    List<Id> due = all.plan().due().stream().map(each -> each.evidence().id()).toList();
    catalog.among(scope, due).forEach(each -> seen.add(each.id()));
    List<Plan.Due> ofScope =
        all.plan().due().stream().filter(each -> seen.contains(each.evidence().id())).toList();
    return new Retention.Status(
        all.limits(), new Plan(sums, ofScope, 0), null, all.next(), all.doubt(), all.locks());
  }
}
