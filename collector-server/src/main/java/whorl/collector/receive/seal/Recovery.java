package whorl.collector.receive.seal;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.EvidenceListing;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadInUseException;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.Trash;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.records.Catalog;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Finishes the interrupted work of an earlier run, before the first request. The files are
 * authoritative:
 *
 * <ol>
 *   <li>a record with uploads left was committed: custody and catalog are completed, and the
 *       uploads are deleted
 *   <li>an envelope without a record: the seal is repeated from the start
 *   <li>evidence that custody lists as purged is removed
 *   <li>a committed record that is marked as due in custody: its entry is written
 *   <li>the catalog is aligned with the records
 *   <li>content that no record refers to goes into the trash; if a record is missing or cannot be
 *       read, or custody is in doubt, all content stays
 * </ol>
 *
 * Where several collectors share the uploads, only the first two and the fourth are done, of what
 * no living collector has its turn of; {@link SharedRecovery} does the rest, beside the requests.
 *
 * <p>Recovery writes custody entries only for interrupted work. If record and custody disagree in
 * any other way, the evidence was tampered with, and recovery must not hide that.
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final int LOGGED_MAX = 20;

  private final EvidenceStore store;
  private final Catalog catalog;
  private final CustodyLog custody;
  private final Uploads uploads;
  private final Sealer sealer;
  private final Trash trash;

  /** What an earlier run began, and what could not be finished yet. */
  private final Set<Id> unfinished = ConcurrentHashMap.newKeySet();

  public Recovery(
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      Uploads uploads,
      Sealer sealer,
      Trash trash) {
    this.trash = trash;
    this.store = store;
    this.catalog = catalog;
    this.custody = custody;
    this.uploads = uploads;
    this.sealer = sealer;
  }

  /**
   * Runs all steps. Evidence that cannot be finished keeps neither the rest nor the collector from
   * its start: {@link #resume} tries it again.
   *
   * @param left receives the number of pieces of evidence whose uploads are still to be recovered
   * @return evidence that custody lists as kept, but whose record is missing
   */
  public Set<Id> run(IntConsumer left) throws IOException {
    OneByOne pieces = new OneByOne();
    if (!uploads.exclusive()) {
      resume(pieces); // the others are at work on the rest
      report(pieces);
      return Set.of();
    }
    trash.emptyOld();
    List<Id> pending = uploads.pending();
    for (int i = 0; i < pending.size(); i++) {
      left.accept(pending.size() - i);
      finish(pieces, pending.get(i));
    }
    finishPurges(pieces);
    finishCustody(pieces);
    report(pieces);
    ReferredDigests referred = new ReferredDigests();
    boolean allRead = readRecords(referred);
    Set<Id> lost = lost();
    reportUnknown();
    if (pieces.failed() == 0 && allRead && lost.isEmpty() && custody.doubts().isEmpty()) {
      long swept = store.sweep(referred::mayContain, trash);
      if (swept > 0) {
        LOG.warn(
            "{} files that no evidence refers to were moved to {}, where they stay for {} days",
            swept,
            "trash",
            Trash.KEEP_FOR.toDays());
      }
    }
    return lost;
  }

  /**
   * Finishes what seals left undone, such as a listener that failed, and where several collectors
   * share the uploads the seals that others began and did not live to end. Call it regularly.
   *
   * @throws IOException if some of it could not be finished; the rest is
   */
  public void resume() throws IOException {
    OneByOne pieces = new OneByOne();
    resume(pieces);
    pieces.end();
  }

  private void resume(OneByOne pieces) throws IOException {
    for (Id evidence : uploads.exclusive() ? Set.copyOf(unfinished) : uploads.unsealed()) {
      finish(pieces, evidence);
    }
    finishCustody(pieces);
  }

  private static void report(OneByOne pieces) {
    try {
      pieces.end();
    } catch (IOException e) {
      LOG.warn("not all work of an earlier run could be finished; it is tried every minute", e);
    }
  }

  private void finish(OneByOne pieces, Id evidence) throws IOException {
    pieces.run(
        nameOf(evidence),
        () -> {
          unfinished.add(evidence);
          finish(evidence);
          unfinished.remove(evidence);
        });
  }

  private static String nameOf(Id evidence) {
    return "evidence " + evidence;
  }

  /** Leaves evidence alone that another collector is working on. */
  private void finish(Id evidence) throws IOException {
    try (PendingEvidence pending = uploads.turn(evidence)) {
      if (pending != null && !finishCommit(pending)) {
        finishUploads(pending);
        finishSeal(pending);
      }
    } catch (UploadInUseException atWork) {
      LOG.debug("evidence {}: another collector is working on it", evidence);
    }
  }

  /**
   * Evidence that custody lists as kept, but whose record is missing. While there is any, the store
   * is not swept.
   */
  private Set<Id> lost() throws IOException {
    Set<Id> lost = new TreeSet<>(custody.kept());
    lost.removeAll(store.evidence());
    LostEvidence named = new LostEvidence(catalog, custody);
    int logged = 0;
    for (Id id : lost) {
      if (logged++ < LOGGED_MAX) {
        named.report(id);
      } else {
        named.list(id);
      }
    }
    if (lost.size() > LOGGED_MAX) {
      LOG.warn("{} pieces of evidence are lost", lost.size());
    }
    return lost;
  }

  /** Reports records without a custody entry: the log may be lost, and the holds with it. */
  private void reportUnknown() throws IOException {
    List<Id> unknown = new ArrayList<>();
    for (Id id : store.evidence()) {
      if (!custody.isKept(id) && !custody.purged(id) && !uploads.contains(id)) {
        unknown.add(id);
      }
    }
    if (!unknown.isEmpty()) {
      custody.doubt(
          Text.counted(unknown.size(), "piece of evidence")
              + " in no entry of custody, such as "
              + unknown.get(0)
              + ": the log may have been lost");
    }
  }

  /** Removes evidence that custody lists as purged, before its content is looked for. */
  private void finishPurges(OneByOne pieces) throws IOException {
    for (Id id : store.removalsToFinish()) {
      pieces.run(nameOf(id), () -> finishPurge(id));
    }
  }

  private void finishPurge(Id id) throws IOException {
    if (custody.purged(id) && !uploads.contains(id)) {
      store.remove(id);
      LOG.info("evidence {} was being purged when the collector stopped: removed", id);
    }
  }

  /** Completes custody for records that were committed without it. */
  private void finishCustody(OneByOne pieces) throws IOException {
    for (Id id : store.dueInCustody()) {
      pieces.run(nameOf(id), () -> finishCustody(id));
    }
  }

  private void finishCustody(Id id) throws IOException {
    try (PendingEvidence pending = uploads.turn(id)) {
      if (pending == null) {
        sealer.finishCustody(id);
        LOG.info("evidence {}: what its seal had left undone is done", id);
      } else {
        sealer.finishCommit(pending);
      }
    } catch (UploadInUseException atWork) {
      LOG.debug("evidence {}: another collector is sealing it", id);
    } catch (JacksonException damaged) {
      LOG.warn("evidence {}: evidence.json can't be read; verify it", id, damaged);
    }
  }

  private boolean finishCommit(PendingEvidence pending) throws IOException {
    try {
      return sealer.finishCommit(pending);
    } catch (JacksonException damaged) {
      LOG.warn("evidence {}: evidence.json can't be read; verify it", pending.evidence(), damaged);
      return true;
    }
  }

  /** The last byte arrived, but was not made durable: the agent will not send it again. */
  private void finishUploads(PendingEvidence pending) throws IOException {
    for (Upload upload : pending.uploads()) {
      if (upload.sha256() == null && upload.offset() == upload.length() && pending.lock(upload)) {
        pending.complete(upload);
      }
    }
  }

  /**
   * Repeats a seal that was interrupted.
   *
   * @throws IOException if a store cannot be used now: the envelope stays, and the seal is tried
   *     again, also for an agent that is gone
   */
  private void finishSeal(PendingEvidence pending) throws IOException {
    Upload envelope = pending.upload(ArtifactName.ENVELOPE);
    if (pending.removed() || envelope == null || envelope.sha256() == null) {
      return;
    }
    try {
      SealOutcome outcome = sealer.seal(pending);
      LOG.info(
          "evidence {} was being sealed when the collector stopped: {}",
          pending.evidence(),
          outcome.getClass().getSimpleName());
    } catch (RuntimeException | Error e) {
      LOG.warn(
          "evidence {} could not be sealed again; its agent may send the envelope once more",
          pending.evidence(),
          e);
      pending.remove(envelope);
    }
  }

  /** False if a record cannot be read, so that not all digests are known. */
  private boolean readRecords(ReferredDigests referred) throws IOException {
    Map<Id, Digest> rows = new HashMap<>(catalog.records());
    boolean allRead = true;
    for (Id id : store.evidence()) {
      byte[] recordBytes = store.recordBytes(id);
      EvidenceRecord record = recordBytes == null ? null : parsed(id, recordBytes);
      if (recordBytes == null || record == null) {
        allRead = false;
        continue;
      }
      for (StoredArtifact artifact : record.artifacts()) {
        referred.add(artifact.sha256());
      }
      Digest sha256 = Digest.of(recordBytes);
      if (!sha256.equals(rows.remove(id))) {
        EvidenceListing.put(catalog, custody, record, sha256);
      }
    }
    if (allRead) {
      for (Id gone : rows.keySet()) {
        if (!custody.isKept(gone)) {
          catalog.remove(gone);
        }
      }
    }
    referred.seal();
    return allRead;
  }

  private static @Nullable EvidenceRecord parsed(Id id, byte[] recordBytes) {
    try {
      return EvidenceRecord.parse(recordBytes);
    } catch (IOException e) {
      LOG.warn("evidence {}: evidence.json can't be read; verify it", id, e);
      return null;
    }
  }
}
