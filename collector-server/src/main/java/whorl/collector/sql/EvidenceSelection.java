package whorl.collector.sql;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.Id;

/**
 * The evidence that a question without a collector is about.
 *
 * @param evidence only these; empty for all
 * @param since sealed at this time or later; null for all
 * @param until sealed before this time; null for all
 */
public record EvidenceSelection(
    List<Id> evidence, @Nullable Instant since, @Nullable Instant until) {
  public static final EvidenceSelection ALL = new EvidenceSelection(List.of(), null, null);

  boolean has(EvidenceRecord record) {
    return (evidence.isEmpty() || evidence.contains(record.id()))
        && (since == null || !record.sealedAt().isBefore(since))
        && (until == null || record.sealedAt().isBefore(until));
  }
}
