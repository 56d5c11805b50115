package whorl.collector.export;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Id;

/** Finds the evidence of the same JVM that was sealed before. Thread-safe. */
public final class EarlierEvidence {
  private static final int PAGE = 100;
  private static final int LOOKED_AT_MAX = 1_000;

  private final EvidenceStore store;
  private final Catalog catalog;

  /** Says which evidence counts. */
  @FunctionalInterface
  public interface Condition {
    boolean holds(EvidenceRecord record) throws IOException;
  }

  public EarlierEvidence(EvidenceStore store, Catalog catalog) {
    this.store = store;
    this.catalog = catalog;
  }

  /**
   * The last evidence before this one for which the condition holds, among the last 1,000 of the
   * JVM that the scope holds.
   *
   * @return null if there is none
   */
  public @Nullable EvidenceRecord before(EvidenceRecord one, Scope scope, Condition condition)
      throws IOException {
    String cursor = null;
    int lookedAt = 0;
    do {
      Catalog.Page page =
          catalog.page(scope, new Catalog.Filter(null, one.agent(), null), cursor, PAGE);
      for (Id id : page.evidence()) {
        EvidenceRecord record = id.equals(one.id()) ? null : store.record(id);
        lookedAt++;
        if (record != null
            && record.sealedAt().isBefore(one.sealedAt())
            && condition.holds(record)) {
          return record;
        }
      }
      cursor = page.next();
    } while (cursor != null && lookedAt < LOOKED_AT_MAX);
    return null;
  }
}
