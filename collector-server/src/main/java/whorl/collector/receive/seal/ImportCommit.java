package whorl.collector.receive.seal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * Makes evidence of a bag that a person imports. Custody gets the entry of the import first, so
 * that recovery, which has only the record, knows whose it is. An import that is interrupted after
 * that leaves an entry without a record, which makes no evidence.
 */
public final class ImportCommit {
  private final EvidenceStore store;
  private final CustodyLog custody;
  private final Committer committer;

  public ImportCommit(ReceiverDependencies dependencies, ReceiverCounters counters) {
    this.store = dependencies.store();
    this.custody = dependencies.custody();
    this.committer = new Committer(dependencies, counters);
  }

  /** The entry of an import, once the digest of the record is known. */
  @FunctionalInterface
  public interface Entry {
    ImportEntry of(Digest record);
  }

  /**
   * Keeps the content, commits the record and publishes it.
   *
   * @param files the content of all artifacts, by digest
   * @return false if there is such evidence already; then nothing was done but the entry
   */
  public boolean run(EvidenceRecord record, Map<Digest, Path> files, Entry entry)
      throws IOException {
    Set<Digest> content = new HashSet<>(files.keySet());
    try {
      store.keep(files);
      ImportEntry imported = entry.of(Digest.of(Json.bytes(record)));
      List<CustodyLog.Draft> drafts =
          List.of(
              new CustodyLog.Draft(
                  CustodyAction.IMPORTED, record.id(), imported.actor(), imported.detail()));
      custody.append(drafts);
      Digest committed = store.commit(record, null);
      if (committed == null) {
        return false;
      }
      committer.publish(record, committed, null);
      return true;
    } finally {
      store.settled(content);
    }
  }
}
