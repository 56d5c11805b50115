package whorl.collector.custody.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CustodyEntry;

/** The records of one piece of evidence, past and current, according to its custody entries. */
public final class CommittedRecords {
  /** The detail that holds the digest of the record's bytes. */
  public static final String RECORD = "record";

  private final List<CustodyEntry> entries;

  private CommittedRecords(List<CustodyEntry> entries) {
    this.entries = entries;
  }

  /** Reads the entries of one piece of evidence. */
  public static CommittedRecords of(List<CustodyEntry> history) {
    List<CustodyEntry> entries = new ArrayList<>();
    for (CustodyEntry entry : history) {
      boolean namesRecord = CustodyAction.commits(entry.action()) || isDerived(entry);
      if (namesRecord && entry.detail().containsKey(RECORD)) {
        entries.add(entry);
      }
    }
    return new CommittedRecords(entries);
  }

  /** The entry with the current record; null if there is none. */
  public @Nullable CustodyEntry last() {
    return entries.isEmpty() ? null : entries.get(entries.size() - 1);
  }

  /** True if this is the digest of the current record. */
  public boolean isCurrent(@Nullable String sha256) {
    CustodyEntry last = last();
    return last != null && Objects.equals(last.detail().get(RECORD), sha256);
  }

  /**
   * True if this is the digest of the record before an artifact was derived; custody gets its entry
   * before the record changes.
   */
  public boolean isBeforeDerivation(@Nullable String sha256) {
    for (int i = entries.size() - 1; i > 0 && isDerived(entries.get(i)); i--) {
      if (Objects.equals(entries.get(i - 1).detail().get(RECORD), sha256)) {
        return !isCurrent(sha256);
      }
    }
    return false;
  }

  private static boolean isDerived(CustodyEntry entry) {
    return entry.action().equals(CustodyAction.DERIVED.word());
  }
}
