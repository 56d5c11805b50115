package whorl.collector.cases;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.CaseRecord;
import whorl.collector.store.records.Page;
import whorl.evidence.Id;

/**
 * Decides who sees a case: people who see all evidence that it has or ever had, because its notes
 * may be about that evidence. Only its maker sees a case that never had any. Thread-safe.
 */
public final class VisibleCases {
  private static final int CASES_AT_ONCE = 100;

  private final CaseLedger ledger;
  private final ScopedRows rows;
  private final OriginLedger origins;

  public VisibleCases(CaseLedger ledger, ScopedRows rows, OriginLedger origins) {
    this.ledger = ledger;
    this.rows = rows;
    this.origins = origins;
  }

  /** True if the scope of this caller holds the case; false also if there is none with this id. */
  public boolean sees(@Nullable Principal caller, Scope scope, Id id) throws IOException {
    CaseRecord found = scope.isEverything() ? null : ledger.find(id);
    return scope.isEverything() || (found != null && sees(caller, scope, found));
  }

  /** The evidence of a case, at most {@code limit} pieces; null if the caller sees no such case. */
  public @Nullable List<Id> evidenceOf(Request request, Id id, int limit) throws IOException {
    CaseRecord found = ledger.find(id);
    return found == null || !sees(request.principal(), request.scope(Role.VIEWER), found)
        ? null
        : ledger.evidence(id, limit);
  }

  /** A page of the cases that the caller sees, newest first. */
  Page<CaseRecord> page(Request request, CaseLedger.Filter filter, @Nullable Long before, int limit)
      throws IOException {
    Scope scope = request.scope(Role.VIEWER);
    if (scope.isEverything()) {
      return ledger.page(filter, before, limit);
    }
    List<CaseRecord> seen = new ArrayList<>();
    Long from = before;
    while (true) {
      Page<CaseRecord> some = ledger.page(filter, from, CASES_AT_ONCE);
      for (int i = 0; i < some.items().size(); i++) {
        CaseRecord each = some.items().get(i);
        if (sees(request.principal(), scope, each)) {
          if (seen.size() == limit) {
            return new Page<>(seen, ledger.position(seen.get(limit - 1).id()));
          }
          seen.add(each);
        }
      }
      from = some.next();
      if (from == null) {
        return new Page<>(seen, null);
      }
    }
  }

  private boolean sees(@Nullable Principal caller, Scope scope, CaseRecord found)
      throws IOException {
    if (scope.isEverything()) {
      return true;
    }
    List<Id> evidence = ledger.evidence(found.id(), CaseLimits.EVIDENCE);
    List<String> whose = ledger.origins(found.id());
    if (evidence.isEmpty() && whose.isEmpty()) {
      return caller != null && caller.name().equals(found.createdBy());
    }
    for (String each : whose) {
      if (!origins.holds(scope, each)) {
        return false;
      }
    }
    Set<Id> all = new HashSet<>(evidence);
    return rows.evidence(scope, all).containsAll(all);
  }
}
