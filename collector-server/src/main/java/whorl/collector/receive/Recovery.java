package whorl.collector.receive;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.CustodyLog;
import whorl.collector.store.Catalog;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.StoredArtifact;
import whorl.collector.store.Trash;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Brings to its end what an earlier run was stopped in, before the first request. The files are the
 * truth:
 *
 * <ol>
 *   <li>a record with uploads left was committed: custody and catalog are made good, the uploads go
 *   <li>an envelope without a record: the seal is done again from the start
 *   <li>what custody says was purged is removed
 *   <li>a record that was committed, and of which custody was about to be told: custody is told
 *   <li>the catalog is made to say what the records say
 *   <li>content that no record refers to goes into the trash; if any record is missing, can't be
 *       read, or custody is in doubt, all content stays
 * </ol>
 *
 * Only evidence that was under way is written to custody here. Evidence whose record and custody do
 * not agree otherwise was tampered with, and recovery must not paper over that.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final String AGENT = "agent ";
  private static final int TOLD_MAX = 20;

  private final EvidenceStore store;
  private final Catalog catalog;
  private final CustodyLog custody;
  private final UploadRegistry uploadRegistry;
  private final Sealer sealer;
  private final Trash trash;

  Recovery(
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      UploadRegistry uploadRegistry,
      Sealer sealer,
      Trash trash) {
    this.trash = trash;
    this.store = store;
    this.catalog = catalog;
    this.custody = custody;
    this.uploadRegistry = uploadRegistry;
    this.sealer = sealer;
  }

  /**
   * Does it.
   *
   * @param left told how many uploads' evidence there is still
   * @return evidence that custody says was kept and whose record is not here
   */
  Set<Id> run(IntConsumer left) throws IOException {
    trash.emptyOld();
    List<PendingEvidence> all = uploadRegistry.all();
    for (int i = 0; i < all.size(); i++) {
      left.accept(all.size() - i);
      PendingEvidence pending = all.get(i);
      synchronized (pending) {
        if (!finishCommit(pending)) {
          finishUploads(pending);
          finishSeal(pending);
        }
      }
    }
    finishPurges();
    finishCustody();
    ReferredDigests referred = new ReferredDigests();
    boolean known = readRecords(referred);
    Set<Id> lost = lost();
    tellUnknown();
    if (known && lost.isEmpty() && custody.doubts().isEmpty()) {
      long swept = store.sweep(referred::mayContain, trash);
      if (swept > 0) {
        LOG.warn(
            "{} files of content that no evidence refers to are in {} for {} days",
            swept,
            "trash",
            Trash.KEPT.toDays());
      }
    }
    return lost;
  }

  /** Evidence that was kept and whose record is missing. While there is any, nothing is swept. */
  private Set<Id> lost() throws IOException {
    Set<Id> lost = new TreeSet<>(custody.kept());
    lost.removeAll(store.evidence());
    int told = 0;
    for (Id id : lost) {
      CustodyEntry sealed = lastCommit(id);
      if (sealed != null) {
        catalog.putLost(id, agentOf(id), sealed.time());
        if (told++ < TOLD_MAX) {
          LOG.warn(
              "evidence {} is lost: custody says that it was kept on {}, and evidence/{} is not"
                  + " here; restore it from a backup",
              id,
              sealed.time(),
              id);
        }
      }
    }
    if (lost.size() > TOLD_MAX) {
      LOG.warn("{} pieces of evidence are lost", lost.size());
    }
    return lost;
  }

  private @Nullable CustodyEntry lastCommit(Id evidence) throws IOException {
    CustodyEntry last = null;
    for (CustodyEntry entry : custody.entries(evidence)) {
      last = entry.detail().containsKey("record") ? entry : last;
    }
    return last;
  }

  /** As custody names it; the evidence's own id where it does not. */
  private Id agentOf(Id evidence) throws IOException {
    for (CustodyEntry entry : custody.entries(evidence)) {
      String actor = entry.actor();
      if (actor.startsWith(AGENT) && Id.isId(actor.substring(AGENT.length()))) {
        return new Id(actor.substring(AGENT.length()));
      }
    }
    return evidence;
  }

  /** Records that custody does not know of: the log may have been lost, and holds with it. */
  private void tellUnknown() throws IOException {
    List<Id> unknown =
        store.evidence().stream()
            .filter(
                id -> !custody.isKept(id) && !custody.purged(id) && uploadRegistry.of(id) == null)
            .toList();
    if (!unknown.isEmpty()) {
      custody.doubt(
          unknown.size()
              + " pieces of evidence are in no entry of custody, "
              + unknown.get(0)
              + " for one: the log may have been lost");
    }
  }

  /** What custody says was purged goes, before its content is asked for. */
  private void finishPurges() throws IOException {
    for (Id id : store.folders()) {
      if (custody.purged(id) && uploadRegistry.of(id) == null) {
        store.remove(id);
        LOG.info("evidence {} was being purged when the collector stopped: removed", id);
      }
    }
  }

  /** A record was committed, and custody may not have been told. */
  private void finishCustody() throws IOException {
    for (Id id : store.dueInCustody()) {
      try {
        sealer.finishCustody(id);
        LOG.info("evidence {} was being sealed when the power went: custody is told", id);
      } catch (JacksonException damaged) {
        LOG.warn("evidence {}: evidence.json can't be read; verify it", id, damaged);
      }
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

  /** The last byte had come, but not been made durable: its agent will not send another one. */
  private void finishUploads(PendingEvidence pending) throws IOException {
    for (Upload upload : pending.uploads()) {
      if (upload.sha256() == null && upload.offset() == upload.length()) {
        uploadRegistry.complete(upload);
      }
    }
  }

  private void finishSeal(PendingEvidence pending) throws IOException {
    Upload envelope = pending.upload(ArtifactName.ENVELOPE);
    if (pending.closed() || envelope == null || envelope.sha256() == null) {
      return;
    }
    try {
      SealOutcome outcome = sealer.seal(pending);
      LOG.info(
          "evidence {} was being sealed when the collector stopped: {}",
          pending.evidence(),
          outcome.getClass().getSimpleName());
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn(
          "evidence {} could not be sealed again; its agent may ship the envelope once more",
          pending.evidence(),
          e);
      uploadRegistry.remove(pending, envelope);
    }
  }

  /** False when a record can't be read, and hence not all digests are known. */
  private boolean readRecords(ReferredDigests referred) throws IOException {
    Map<Id, Digest> rows = new HashMap<>(catalog.records());
    boolean all = true;
    for (Id id : store.evidence()) {
      byte[] recordBytes = store.recordBytes(id);
      EvidenceRecord record = recordBytes == null ? null : parsed(id, recordBytes);
      if (recordBytes == null || record == null) {
        all = false;
        continue;
      }
      for (StoredArtifact artifact : record.artifacts()) {
        referred.add(artifact.sha256());
      }
      Digest sha256 = Digest.of(recordBytes);
      if (!sha256.equals(rows.remove(id))) {
        catalog.put(record, sha256);
      }
    }
    if (all) {
      for (Id gone : rows.keySet()) {
        if (!custody.isKept(gone)) {
          catalog.remove(gone);
        }
      }
    }
    referred.seal();
    return all;
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
