package whorl.collector.custody.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.ChainCheck;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.store.disk.Lines;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;

/**
 * What another collector had in custody of evidence that was imported here.
 *
 * @param imported the import
 * @param entries of the other collector's log, oldest first, the first thousand; checked at the
 *     import
 * @param unproven the number of entries that are left out, because its log's checkpoint does not
 *     prove them: anybody could have added them to the bag
 */
public record ImportedHistory(ImportEntry imported, List<CustodyEntry> entries, int unproven) {
  private static final int ENTRIES_MAX = 1_000;

  public ImportedHistory {
    entries = List.copyOf(entries);
  }

  /**
   * The histories of one piece of evidence; none if an agent sent it.
   *
   * @param custody its entries in this collector's log
   */
  public static List<ImportedHistory> of(
      EvidenceStore store, EvidenceRecord record, List<CustodyEntry> custody) throws IOException {
    List<ImportedHistory> histories = new ArrayList<>();
    for (ImportEntry imported : ImportEntry.all(custody)) {
      histories.add(of(store, record, imported));
    }
    return histories;
  }

  private static ImportedHistory of(
      EvidenceStore store, EvidenceRecord record, ImportEntry imported) throws IOException {
    List<CustodyEntry> entries = new ArrayList<>();
    int unproven = 0;
    StoredArtifact artifact = file(record, imported, BagLayout.CUSTODY);
    if (artifact == null) {
      return new ImportedHistory(imported, entries, unproven);
    }
    ChainCheck chain = new ChainCheck(record.id());
    try (InputStream in = store.read(artifact.sha256(), 0);
        Lines lines = new Lines(in, CustodyLog.LINE_MAX_BYTES)) {
      int proven = provenLines(store, file(record, imported, BagLayout.PROOFS));
      for (byte[] line = lines.next();
          line != null && entries.size() < ENTRIES_MAX;
          line = lines.next()) {
        CustodyEntry entry = chain.next(line).entry();
        if (lines.number() > proven) {
          unproven++;
        } else if (entry != null) {
          entries.add(entry);
        }
      }
    } catch (NoSuchFileException lost) {
      return new ImportedHistory(imported, entries, unproven); // the verification names it
    }
    return new ImportedHistory(imported, entries, unproven);
  }

  private static @Nullable StoredArtifact file(
      EvidenceRecord record, ImportEntry imported, String name) {
    return imported.folder() == null
        ? null
        : record.artifact(new ArtifactName(imported.folder() + "/" + name));
  }

  /** The first lines have proofs, which the import has checked. */
  private static int provenLines(EvidenceStore store, @Nullable StoredArtifact proofs)
      throws IOException {
    if (proofs == null) {
      return Integer.MAX_VALUE; // a collector of an earlier version made the bag
    }
    try (InputStream in = store.read(proofs.sha256(), 0)) {
      return OpenBag.provenLines(in);
    }
  }
}
