package whorl.collector.retention;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.cases.Hold;
import whorl.collector.cases.Holds;
import whorl.collector.custody.log.CommittedRecords;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.objects.DamagedRecordException;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EvidenceClass;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Purges evidence, in an order that lets the next start complete an interrupted purge:
 *
 * <ol>
 *   <li>custody gets an entry, unless the evidence is on hold: from here on it cannot be held
 *   <li>the record is deleted, which ends the evidence; then the rest of its folder
 *   <li>the row in the catalog is deleted, and the listeners are called
 *   <li>the content is deleted, unless another record refers to it or it is being read
 * </ol>
 *
 * Thread-safe.
 */
public final class Purge {
  private static final Logger LOG = LoggerFactory.getLogger(Purge.class);
  private static final int WAITING_MAX = 500_000;

  private final EvidenceStore store;
  private final Catalog catalog;
  private final CustodyLog custody;
  private final Holds holds;
  private final Uploads uploads;
  private final List<PurgeListener> listeners;
  private final RetentionCounters counters;

  /** The content of purged evidence, which is to be discarded. */
  private final Set<Digest> waiting = new LinkedHashSet<>();

  /**
   * @param listeners called in this order
   */
  public Purge(
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      Holds holds,
      Uploads uploads,
      List<PurgeListener> listeners,
      RetentionCounters counters) {
    this.store = store;
    this.catalog = catalog;
    this.custody = custody;
    this.holds = holds;
    this.uploads = uploads;
    this.listeners = List.copyOf(listeners);
    this.counters = counters;
  }

  /**
   * Purges evidence. Its content is deleted by the next {@link #discard}. Lost evidence can be
   * purged too: custody then says that its record was lost, and names the last one.
   *
   * @param by the actor
   * @param why a sentence for custody
   */
  PurgeOutcome purge(Id evidence, String by, String why) throws IOException {
    List<String> doubts = custody.readDoubts();
    if (!doubts.isEmpty()) {
      return new PurgeOutcome.InDoubt(doubts.get(0));
    }
    byte[] recordBytes = recordBytes(evidence);
    if (recordBytes == null && !store.contains(evidence) && !isLost(evidence)) {
      return new PurgeOutcome.Unknown();
    }
    if (uploads.underWay(evidence)) {
      return new PurgeOutcome.UnderWay();
    }
    Instant locked = store.lockedAmong(List.of(evidence)).get(evidence);
    if (locked != null) {
      return new PurgeOutcome.Locked(locked); // before custody says that it is purged
    }
    EvidenceRecord record = recordBytes == null ? null : parse(evidence, recordBytes);
    boolean purgedBefore = custody.purged(evidence);
    List<Hold> held =
        holds.purgeUnlessHeld(
            evidence,
            new CustodyLog.Draft(
                CustodyAction.PURGED, evidence, by, detail(evidence, record, recordBytes, why)));
    if (!held.isEmpty()) {
      return new PurgeOutcome.Held(held);
    }
    if (!purgedBefore && record != null) {
      counters.purgedBytes.add(record.totalBytes());
    }
    remove(evidence, why);
    if (record != null) {
      discardLater(record);
    }
    return new PurgeOutcome.Purged();
  }

  /**
   * Completes interrupted purges, for instance of a folder that could not be deleted. One that
   * cannot be finished stops neither the others nor what follows.
   */
  void finish() throws IOException {
    OneByOne purges = new OneByOne();
    for (Id evidence : store.removalsToFinish()) {
      purges.run("evidence " + evidence, () -> finish(evidence));
    }
    try {
      purges.end();
    } catch (IOException e) {
      counters.failures.add(purges.failed());
      LOG.warn("interrupted purges were not completed; the next pass tries it again", e);
    }
  }

  private void finish(Id evidence) throws IOException {
    CustodyEntry purge = custody.purge(evidence);
    if (purge != null && !uploads.underWay(evidence)) {
      byte[] recordBytes = recordBytes(evidence);
      EvidenceRecord record = recordBytes == null ? null : parse(evidence, recordBytes);
      finish(evidence, record, purge.detail().getOrDefault("reason", ""));
    }
  }

  private void finish(Id evidence, @Nullable EvidenceRecord record, String why) throws IOException {
    try {
      remove(evidence, why);
      if (record != null) {
        discardLater(record);
      }
    } catch (ObjectLockedException locked) {
      LOG.info("evidence {} is purged later: {}", evidence, locked.getMessage());
    }
  }

  /** Deletes the waiting content, unless other evidence refers to it or it is being read. */
  void discard() throws IOException {
    Set<Digest> content = takeWaiting();
    if (content.isEmpty()) {
      return;
    }
    Set<Digest> remaining = content;
    try {
      EvidenceStore.Discarded discarded = store.discard(content);
      counters.freedBytes.add(discarded.bytes());
      remaining = discarded.pinned();
      if (discarded.files() > 0) {
        LOG.info("removed {} files of purged evidence", discarded.files());
      }
    } catch (ObjectLockedException locked) {
      remaining = Set.of(); // what can be deleted is; recovery deletes the rest after its locks
      LOG.info(
          "some content of purged evidence stays until its lock ends: {}", locked.getMessage());
    } finally {
      synchronized (waiting) {
        waiting.addAll(remaining);
      }
    }
  }

  /** True if so much content is waiting that reading all records is worthwhile. */
  boolean isQueueLarge() {
    synchronized (waiting) {
      return waiting.size() >= WAITING_MAX;
    }
  }

  private Set<Digest> takeWaiting() {
    synchronized (waiting) {
      Set<Digest> content = new LinkedHashSet<>(waiting);
      waiting.clear();
      return content;
    }
  }

  private void discardLater(EvidenceRecord record) {
    synchronized (waiting) {
      if (waiting.size() >= 2 * WAITING_MAX) {
        LOG.warn("evidence {} is purged; its content goes at the next start", record.id());
        return;
      }
      record.artifacts().forEach(artifact -> waiting.add(artifact.sha256()));
    }
  }

  private void remove(Id evidence, String why) throws IOException {
    IOException failure = null;
    try {
      store.remove(evidence);
    } catch (IOException e) {
      if (store.contains(evidence)) {
        throw e;
      }
      // Another thread, such as an indexer, writes into its folder: the next pass deletes the
      // rest.
      failure = e;
    }
    if (failure != null) {
      counters.failures.increment();
      LOG.warn("evidence {} is purged; its folder could not be removed yet", evidence, failure);
    }
    catalog.remove(evidence);
    for (PurgeListener listener : listeners) {
      try {
        listener.purged(evidence, why);
      } catch (IOException | RuntimeException e) {
        counters.failures.increment();
        LOG.warn("evidence {} is purged, but a listener failed", evidence, e);
      }
    }
  }

  /** The record; null if there is none that is what its digest says. */
  private byte @Nullable [] recordBytes(Id evidence) throws IOException {
    try {
      return store.recordBytes(evidence);
    } catch (DamagedRecordException lost) {
      LOG.warn("evidence {} is purged without its record: {}", evidence, lost.getMessage());
      return null;
    }
  }

  /** True if custody says that it is kept; then only its entries are left of it. */
  private boolean isLost(Id evidence) throws IOException {
    return custody.isKept(evidence) && !custody.purged(evidence);
  }

  private static @Nullable EvidenceRecord parse(Id evidence, byte[] recordBytes) {
    try {
      return EvidenceRecord.parse(recordBytes);
    } catch (IOException e) {
      LOG.warn("evidence {}: evidence.json can't be read; its content stays", evidence, e);
      return null;
    }
  }

  private Map<String, String> detail(
      Id evidence, @Nullable EvidenceRecord record, byte @Nullable [] recordBytes, String why)
      throws IOException {
    Map<String, String> detail = new LinkedHashMap<>();
    if (recordBytes != null) {
      detail.put(CommittedRecords.RECORD, Digest.of(recordBytes).hex());
    } else {
      CustodyEntry last = CommittedRecords.of(custody.entries(evidence)).last();
      if (last != null) {
        detail.put(CommittedRecords.RECORD, last.detail().get(CommittedRecords.RECORD));
      }
      detail.put("lost", "its record did not exist, or was changed");
    }
    detail.put("reason", why);
    if (record != null) {
      detail.put("class", EvidenceClass.of(record).word());
      detail.put("sealedAt", record.sealedAt().toString());
      detail.put("artifacts", Integer.toString(record.artifacts().size()));
      detail.put("bytes", Long.toString(record.totalBytes()));
      detail.put("digests", digestOfDigests(record.artifacts()).hex());
    }
    return detail;
  }

  /**
   * One digest of all artifacts: of the lines that {@code sha256sum} prints, in the order of the
   * record.
   */
  private static Digest digestOfDigests(List<StoredArtifact> artifacts) {
    MessageDigest sha256 = Digest.newSha256();
    for (StoredArtifact artifact : artifacts) {
      String line = artifact.sha256().hex() + "  " + artifact.name() + "\n";
      sha256.update(line.getBytes(StandardCharsets.US_ASCII));
    }
    return Digest.of(sha256);
  }
}
