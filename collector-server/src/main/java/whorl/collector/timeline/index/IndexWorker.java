package whorl.collector.timeline.index;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.FirstPart;
import whorl.collector.store.disk.Tries;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.outage.Outage;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/**
 * Indexes what is pending, one piece after the other, until its thread is interrupted. Several
 * threads may run it at the same time.
 */
final class IndexWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexWorker.class);
  private static final Duration QUICK = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofMinutes(2);

  private final IndexPending pending;
  private final IndexLanes lanes;
  private final IndexResults results;
  private final EvidenceStore store;
  private final TimelineFolder folder;
  private final Preparation preparation;
  private final IndexJob job;
  private final LongSupplier freeBytes;
  private final long reserveBytes;

  IndexWorker(
      IndexPending pending,
      IndexResults results,
      TimelineFolder folder,
      IndexQueue.Dependencies dependencies) {
    this.pending = pending;
    this.lanes = pending.lanes();
    this.results = results;
    this.store = dependencies.store();
    this.folder = folder;
    this.preparation = dependencies.preparation();
    this.job = new IndexJob(store, dependencies.custody(), dependencies.confined(), folder);
    this.freeBytes = dependencies.freeBytes();
    this.reserveBytes = dependencies.reserveBytes();
  }

  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        IndexLanes.Waiting piece = lanes.take();
        AtomicBoolean hasLongLane = new AtomicBoolean(piece.isSlow());
        try {
          index(piece, hasLongLane);
        } finally {
          if (hasLongLane.get()) {
            lanes.releaseLongLane();
          }
        }
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  /**
   * Indexes one piece.
   *
   * @param hasLongLane set to true if the job takes the long lane; the caller must free it
   */
  private void index(IndexLanes.Waiting piece, AtomicBoolean hasLongLane)
      throws InterruptedException {
    Id evidence = piece.evidence();
    try {
      EvidenceRecord record = store.record(evidence);
      if (record == null) {
        pending.finished(evidence);
        return;
      }
      if (freeBytes.getAsLong() - reserveBytes < 2 * record.totalBytes()) {
        pending.postpone(piece, "the collector's disk has no room for it; make room there", true);
        return;
      }
      pending.begins(evidence);
      long began = System.nanoTime();
      int tries = folder.beginAttempt(evidence);
      IndexJob.Result result =
          tries > Tries.MAX
              ? IndexJob.Result.done(
                  job.giveUp(record, "it could not be read: tried " + Tries.MAX + " times"))
              : run(piece, hasLongLane);
      folder.endAttempt(evidence);
      if (result.later() != null) {
        pending.postpone(piece, result.later(), !result.tooLong());
      } else {
        ended(evidence, result, began);
      }
    } catch (InterruptedException stopped) {
      // not a failure of this evidence
      endAttemptQuietly(evidence);
      throw stopped;
    } catch (IOException | RuntimeException | Error e) {
      if (removeIfPurged(evidence)) {
        pending.finished(evidence);
        return;
      }
      if (Outage.of(e) != null) {
        endAttemptQuietly(evidence); // not a failure of this evidence either
      }
      LOG.warn("evidence {} could not be indexed; it is tried again", evidence, e);
      pending.postpone(piece, "the collector could not do it: " + e.getMessage(), true);
    }
  }

  private void ended(Id evidence, IndexJob.Result result, long beganNanos) {
    boolean purged = removeIfPurged(evidence);
    IndexStatus outcome = purged ? null : result.status();
    if (!purged && result.outdated()) {
      pending.changed(evidence);
    }
    if (outcome != null && pending.isShared()) {
      // before the job ends, so that what follows is not forgotten if this collector dies here
      pending.published(evidence);
      results.report(evidence, outcome, System.nanoTime() - beganNanos);
    }
    pending.finished(evidence);
    if (outcome != null && !pending.isShared()) {
      results.report(evidence, outcome, System.nanoTime() - beganNanos);
    }
    if (!purged) {
      pending.enqueueIfChanged(evidence);
    }
  }

  private IndexJob.Result run(IndexLanes.Waiting piece, AtomicBoolean hasLongLane)
      throws IOException, InterruptedException {
    Preparation.Outcome prepared =
        preparation.prepare(piece.evidence(), piece.isSlow() ? LONG : QUICK);
    return switch (prepared) {
      case LATER ->
          new IndexJob.Result(
              null, "no second JVM could be started now, or the disk is full", false);
      case TOO_LONG -> IndexJob.Result.TOO_LONG;
      case DONE ->
          job.run(
              piece.evidence(),
              piece.isSlow() ? null : new FirstPart(QUICK, () -> mayContinue(hasLongLane)),
              fraction -> pending.running(piece.evidence(), fraction));
    };
  }

  /**
   * Lets the job continue if the long lane is free and no other evidence waits for it; then it need
   * not start again there.
   */
  private boolean mayContinue(AtomicBoolean hasLongLane) {
    boolean free = lanes.tryTakeLongLane();
    hasLongLane.compareAndSet(false, free);
    return free;
  }

  private void endAttemptQuietly(Id evidence) {
    try {
      folder.endAttempt(evidence);
    } catch (IOException e) {
      LOG.warn("evidence {}: this try to index it counts as a failed one", evidence, e);
    }
  }

  /** Removes the timeline of evidence that was purged in the meantime. */
  private boolean removeIfPurged(Id evidence) {
    try {
      if (store.contains(evidence)) {
        return false;
      }
    } catch (IOException e) {
      LOG.warn("evidence {}: whether it was purged is not known now", evidence, e);
      return false;
    }
    try {
      store.remove(evidence);
    } catch (IOException e) {
      LOG.warn("evidence {} is purged; its timeline goes later", evidence, e);
    }
    return true;
  }
}
