package whorl.collector.receive;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.CustodyLog;
import whorl.collector.store.Catalog;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
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
 *   <li>the catalog is made to say what the records say
 *   <li>content that no record refers to goes; if any record can't be read, all content stays
 * </ol>
 *
 * Only evidence with uploads left is written to custody here. Evidence whose record and custody do
 * not agree otherwise was tampered with, and recovery must not paper over that.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final EvidenceStore store;
  private final Catalog catalog;
  private final CustodyLog custody;
  private final Incoming incoming;
  private final Sealer sealer;

  Recovery(
      EvidenceStore store, Catalog catalog, CustodyLog custody, Incoming incoming, Sealer sealer) {
    this.store = store;
    this.catalog = catalog;
    this.custody = custody;
    this.incoming = incoming;
    this.sealer = sealer;
  }

  void run() throws IOException {
    for (PendingEvidence pending : incoming.all()) {
      synchronized (pending) {
        if (!finishCommit(pending)) {
          finishUploads(pending);
          finishSeal(pending);
        }
      }
    }
    finishPurges();
    ReferredDigests referred = new ReferredDigests();
    if (readRecords(referred)) {
      long removed = store.sweep(referred::mayContain);
      if (removed > 0) {
        LOG.info("removed {} files of content that no evidence refers to", removed);
      }
    }
  }

  /** What custody says was purged goes, before its content is asked for. */
  private void finishPurges() throws IOException {
    for (Id id : store.folders()) {
      if (custody.purged(id) && incoming.of(id) == null) {
        store.remove(id);
        LOG.info("evidence {} was being purged when the collector stopped: removed", id);
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
        incoming.complete(upload);
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
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "evidence {} could not be sealed again; its agent may ship the envelope once more",
          pending.evidence(),
          e);
      incoming.remove(pending, envelope);
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
        catalog.remove(gone);
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
