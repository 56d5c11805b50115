package whorl.collector.custody.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
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
 * @param entries of the other collector's log, oldest first, the first thousand; not checked
 */
public record ImportedHistory(ImportEntry imported, List<CustodyEntry> entries) {
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
      histories.add(new ImportedHistory(imported, entries(store, record, imported)));
    }
    return histories;
  }

  private static List<CustodyEntry> entries(
      EvidenceStore store, EvidenceRecord record, ImportEntry imported) throws IOException {
    StoredArtifact artifact =
        imported.folder() == null
            ? null
            : record.artifact(new ArtifactName(imported.folder() + "/" + BagLayout.CUSTODY));
    List<CustodyEntry> entries = new ArrayList<>();
    if (artifact == null) {
      return entries;
    }
    ChainCheck chain = new ChainCheck(record.id());
    try (InputStream in = store.read(artifact.sha256(), 0);
        Lines lines = new Lines(in, CustodyLog.LINE_MAX_BYTES)) {
      for (byte[] line = lines.next();
          line != null && entries.size() < ENTRIES_MAX;
          line = lines.next()) {
        CustodyEntry entry = chain.next(line).entry();
        if (entry != null) {
          entries.add(entry);
        }
      }
    } catch (NoSuchFileException lost) {
      return entries; // the verification names it
    }
    return entries;
  }
}
