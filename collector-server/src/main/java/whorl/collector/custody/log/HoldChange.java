package whorl.collector.custody.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/**
 * What an entry says about a hold.
 *
 * @param evidence what is held; null for a case itself
 * @param ofCase the case that holds it; null if the evidence is held for itself
 * @param held true if the hold begins, false if it ends
 */
public record HoldChange(
    @Nullable Id evidence,
    @Nullable Id ofCase,
    boolean held,
    String by,
    Instant at,
    String reason) {
  private static final Logger LOG = LoggerFactory.getLogger(HoldChange.class);
  private static final String CASE = "case";

  /** The change; null if the entry changes no hold. */
  static @Nullable HoldChange of(CustodyEntry entry) {
    boolean begins = entry.action().equals(CustodyAction.HELD.word());
    if (!begins && !entry.action().equals(CustodyAction.RELEASED.word())) {
      return null;
    }
    String holder = entry.detail().get(CASE);
    if (holder != null && !holder.isEmpty() && !Id.isId(holder)) {
      LOG.warn("custody entry {} names a holder that is no case: ignored", entry.sequence());
      return null;
    }
    if (!begins && !entry.intact()) {
      LOG.warn("custody entry {} was altered, so it does not end a hold", entry.sequence());
      return null;
    }
    Id ofCase = holder == null || holder.isEmpty() ? null : new Id(holder);
    if (ofCase == null && entry.evidence() == null) {
      return null;
    }
    return new HoldChange(
        entry.evidence(),
        ofCase,
        begins,
        entry.actor(),
        entry.time(),
        entry.detail().getOrDefault("reason", ""));
  }

  /** The key of the holder: a case's id; empty if the evidence is held for itself. */
  String holder() {
    return ofCase == null ? "" : ofCase.value();
  }
}
