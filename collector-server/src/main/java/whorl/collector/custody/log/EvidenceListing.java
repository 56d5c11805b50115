package whorl.collector.custody.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Digest;

/**
 * Puts evidence into the list of all evidence. Whose imported evidence is, and since when it is
 * here, only custody says: its record is of an agent that this collector may not know.
 */
public final class EvidenceListing {
  private EvidenceListing() {}

  /** Adds or updates the row of this evidence. */
  public static void put(
      Catalog catalog, CustodyLog custody, EvidenceRecord record, Digest recordSha256)
      throws IOException {
    put(catalog, record, recordSha256, ImportEntry.of(custody.entries(record.id()), recordSha256));
  }

  /**
   * The same where custody has been read already.
   *
   * @param imported the import that made the evidence; null if an agent sent it
   */
  public static void put(
      Catalog catalog, EvidenceRecord record, Digest recordSha256, @Nullable ImportEntry imported)
      throws IOException {
    if (imported == null) {
      catalog.put(record, recordSha256);
    } else {
      catalog.putImported(record, recordSha256, imported.at(), imported.origin());
    }
  }
}
