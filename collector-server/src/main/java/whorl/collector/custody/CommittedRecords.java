package whorl.collector.custody;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CustodyEntry;

/** Which record of one piece of evidence custody says that there is, and was. */
final class CommittedRecords {
  /** An entry's detail: the digest of the record's bytes. */
  static final String RECORD = "record";

  private final List<CustodyEntry> entries;

  private CommittedRecords(List<CustodyEntry> entries) {
    this.entries = entries;
  }

  /** What these entries, of one piece of evidence, say. */
  static CommittedRecords of(List<CustodyEntry> history) {
    List<CustodyEntry> entries = new ArrayList<>();
    for (CustodyEntry entry : history) {
      boolean tells = CustodyAction.commits(entry.action()) || isDerived(entry);
      if (tells && entry.detail().containsKey(RECORD)) {
        entries.add(entry);
      }
    }
    return new CommittedRecords(entries);
  }

  /** The entry that tells of the record that there should be; null where there is none. */
  @Nullable CustodyEntry last() {
    return entries.isEmpty() ? null : entries.get(entries.size() - 1);
  }

  /** Whether the record with this digest is that one. */
  boolean isNow(@Nullable String sha256) {
    CustodyEntry last = last();
    return last != null && Objects.equals(last.detail().get(RECORD), sha256);
  }

  /** Whether it is the one before an artifact was derived, which custody tells of first. */
  boolean isBeforeDerivation(@Nullable String sha256) {
    for (int i = entries.size() - 1; i > 0 && isDerived(entries.get(i)); i--) {
      if (Objects.equals(entries.get(i - 1).detail().get(RECORD), sha256)) {
        return !isNow(sha256);
      }
    }
    return false;
  }

  private static boolean isDerived(CustodyEntry entry) {
    return entry.action().equals(CustodyAction.DERIVED.word());
  }
}
