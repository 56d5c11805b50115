package whorl.collector.timeline.index;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.outage.Outage;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/**
 * The evidence that is not indexed yet: what waits at this collector or is being indexed by it,
 * and, if there are several, what any of them may take. Thread-safe.
 */
final class IndexPending {
  private static final Logger LOG = LoggerFactory.getLogger(IndexPending.class);
  private static final int WAITING_MAX = 100_000;
  private static final long RETRY_SECONDS = 30;

  private final EvidenceStore store;
  private final @Nullable SharedIndexWork work;
  private final IndexLanes lanes = new IndexLanes(WAITING_MAX);
  private final Map<Id, IndexStatus> unfinished = new ConcurrentHashMap<>();

  /** Evidence that changed while it was being indexed. */
  private final Set<Id> changed = ConcurrentHashMap.newKeySet();

  /**
   * @param work what any of several collectors may index; null if this one is alone
   */
  IndexPending(EvidenceStore store, @Nullable SharedIndexWork work) {
    this.store = store;
    this.work = work;
  }

  /** True if the work is shared with other collectors. */
  boolean isShared() {
    return work != null;
  }

  /** The lanes in which the evidence of this collector waits. */
  IndexLanes lanes() {
    return lanes;
  }

  /** The number of pieces that wait here or are being indexed here. */
  int size() {
    return unfinished.size();
  }

  /** The status of evidence that waits here or is being indexed here; null for other evidence. */
  @Nullable IndexStatus status(Id evidence) {
    return unfinished.get(evidence);
  }

  /** The status of evidence that is any collector's to index; null if it does not wait. */
  @Nullable IndexStatus statusElsewhere(Id evidence) {
    if (work == null) {
      return null;
    }
    try {
      return work.status(evidence);
    } catch (IOException e) {
      LOG.warn("evidence {}: whether it is being indexed is not known now", evidence, e);
      return null;
    }
  }

  /** True if the evidence was added to the queue of this collector, or to that of all of them. */
  boolean enqueue(Id evidence, boolean isNew) {
    try {
      if (work == null) {
        return enqueueHere(evidence, isNew);
      }
      long bytes = bytes(evidence);
      if (bytes >= 0) {
        work.add(evidence, isNew, bytes);
      }
      return bytes >= 0;
    } catch (IOException e) {
      LOG.warn("evidence {} is indexed later: {}", evidence, e.getMessage());
      return false;
    }
  }

  /** The size of evidence, 0 while its store is away; negative if there is none to index. */
  private long bytes(Id evidence) {
    try {
      EvidenceRecord record = recordOrNull(evidence);
      return record == null ? -1 : record.totalBytes();
    } catch (IOException away) {
      return 0; // who takes it learns more
    }
  }

  /**
   * True if the evidence was added to the queue of this collector.
   *
   * @throws IOException if its store is away, so that it may well be there
   */
  boolean enqueueHere(Id evidence, boolean isNew) throws IOException {
    if (unfinished.putIfAbsent(evidence, IndexStatus.of(IndexStatus.State.WAITING, 0)) != null) {
      return false;
    }
    boolean room = false;
    try {
      EvidenceRecord record = recordOrNull(evidence);
      room = record != null && lanes.add(evidence, record.agent(), isNew, record.totalBytes());
      if (record != null && !room) {
        LOG.warn("evidence {} is indexed later: {} are waiting", evidence, WAITING_MAX);
      }
    } finally {
      if (!room) {
        unfinished.remove(evidence);
      }
    }
    return room;
  }

  private @Nullable EvidenceRecord recordOrNull(Id evidence) throws IOException {
    try {
      return store.record(evidence);
    } catch (IOException e) {
      if (Outage.of(e) != null) {
        throw e;
      }
      LOG.warn("evidence {} is not indexed", evidence, e);
      return null;
    }
  }

  /** The evidence has changed: it is indexed, once more if it is being indexed now. */
  void changed(Id evidence) {
    changed.add(evidence);
    if (enqueue(evidence, true)) {
      changed.remove(evidence);
    }
  }

  /** This collector indexes the evidence now: {@code fraction} of it is done. */
  void running(Id evidence, double fraction) {
    unfinished.put(evidence, IndexStatus.of(IndexStatus.State.RUNNING, fraction));
  }

  /** What has changed of the evidence until now is about to be indexed. */
  void begins(Id evidence) {
    running(evidence, 0);
    changed.remove(evidence);
  }

  /** The timeline is there for all, although this collector has not finished its work yet. */
  void published(Id evidence) {
    unfinished.remove(evidence);
  }

  /** The evidence is indexed, or will never be. */
  void finished(Id evidence) {
    unfinished.remove(evidence);
    if (work != null) {
      try {
        work.done(evidence);
      } catch (IOException e) {
        LOG.warn("evidence {}: its index may be made once more: {}", evidence, e.getMessage());
      }
    }
  }

  /** Enqueues indexed evidence again if it changed meanwhile. */
  void enqueueIfChanged(Id evidence) {
    if (changed.remove(evidence)) {
      enqueue(evidence, true);
    }
  }

  /**
   * The piece is indexed later, perhaps by another collector.
   *
   * @param pause true if this collector cannot do it now, so that it should wait
   */
  void postpone(IndexLanes.Waiting piece, String reason, boolean pause)
      throws InterruptedException {
    IndexStatus before =
        unfinished.put(
            piece.evidence(),
            new IndexStatus(
                IndexStatus.VERSION, IndexStatus.State.WAITING, 0, 0, null, reason, List.of()));
    if (pause && (before == null || !reason.equals(before.problem()))) {
      LOG.warn("evidence {} is indexed later: {}", piece.evidence(), reason);
    }
    if (work != null && pause) {
      giveBack(work, piece.evidence(), reason);
      return;
    }
    lanes.addSlow(piece);
    if (pause) {
      TimeUnit.SECONDS.sleep(lanes.size() > 1 ? 1 : RETRY_SECONDS);
    }
  }

  /** Another collector may be able to do what this one cannot do now. */
  private void giveBack(SharedIndexWork from, Id evidence, String reason) {
    unfinished.remove(evidence);
    try {
      from.later(evidence, reason);
    } catch (IOException e) {
      LOG.warn("evidence {} is tried again when its minute is over: {}", evidence, e.getMessage());
    }
  }

  /** This collector ends: others take at once what it has taken. */
  void giveBackAll() {
    if (work == null) {
      return;
    }
    try {
      work.giveBackAll();
    } catch (IOException e) {
      LOG.warn("what this collector indexed is taken by another in a minute: {}", e.getMessage());
    }
  }

  /** Removes purged evidence. */
  void forget(Id evidence) throws IOException {
    lanes.remove(evidence);
    unfinished.remove(evidence);
    changed.remove(evidence);
    if (work != null) {
      work.forget(evidence);
    }
  }
}
