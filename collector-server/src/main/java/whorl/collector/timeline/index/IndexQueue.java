package whorl.collector.timeline.index;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;

/**
 * Indexes evidence on two threads; at most one of them runs a long job. Jobs that an earlier run of
 * the collector did not finish start again; after three unfinished attempts the evidence is marked
 * as failed.
 */
public final class IndexQueue implements TimelineIndex, DuckTimeline.Indexed, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexQueue.class);

  /** One for each thread, and one that waits. */
  private static final int TAKEN_MAX = 3;

  private final EvidenceStore store;
  private final TimelineFolder folder;
  private final IndexPending pending;
  private final IndexResults results = new IndexResults();
  private final List<Thread> threads;
  private final @Nullable IndexTaking taking;
  private final @Nullable IndexBacklog backlog;

  /**
   * The dependencies.
   *
   * @param preparation runs before each job
   * @param confined with room for two JVMs at once
   * @param freeBytes the free space on the data folder's disk
   * @param reserveBytes the part of the free space that is not used
   * @param shared has the complete timelines; null if the data folder has them
   * @param work what any of several collectors may index; null if this one is alone
   */
  public record Dependencies(
      EvidenceStore store,
      DataFolder folder,
      Disk disk,
      CustodyLines custody,
      Preparation preparation,
      ConfinedJvm confined,
      LongSupplier freeBytes,
      long reserveBytes,
      @Nullable SharedTimelines shared,
      @Nullable SharedIndexWork work) {
    /** For timelines in the data folder. */
    public Dependencies(
        EvidenceStore store,
        DataFolder folder,
        Disk disk,
        CustodyLines custody,
        Preparation preparation,
        ConfinedJvm confined,
        LongSupplier freeBytes,
        long reserveBytes) {
      this(
          store, folder, disk, custody, preparation, confined, freeBytes, reserveBytes, null, null);
    }
  }

  public IndexQueue(Dependencies dependencies) {
    this.store = dependencies.store();
    this.folder =
        new TimelineFolder(dependencies.folder(), dependencies.disk(), dependencies.shared());
    SharedIndexWork work = dependencies.work();
    this.pending = new IndexPending(store, work);
    IndexWorker worker = new IndexWorker(pending, results, folder, dependencies);
    this.threads =
        List.of(new Thread(worker, "whorl-index-1"), new Thread(worker, "whorl-index-2"));
    this.taking = work == null ? null : new IndexTaking(work, new Room());
    SharedTimelines shared = dependencies.shared();
    this.backlog = work == null || shared == null ? null : new IndexBacklog(store, shared, pending);
  }

  /** What this collector can take of the work of all. */
  private final class Room implements IndexTaking.Room {
    @Override
    public boolean isFree() {
      return pending.size() < TAKEN_MAX;
    }

    @Override
    public boolean enqueue(Id evidence) throws IOException {
      return pending.enqueueHere(evidence, true);
    }

    @Override
    public double progress(Id evidence) {
      return status(evidence).progress();
    }
  }

  /**
   * Starts the threads; evidence without an index is queued, now by a collector that is alone, and
   * page by page by one of several.
   */
  public void start() throws IOException {
    folder.removeUnfinished();
    if (backlog == null) {
      List<Id> missing = folder.withoutTimeline(store.evidence());
      for (int i = missing.size() - 1; i >= 0; i--) {
        pending.enqueue(missing.get(i), false);
      }
    }
    for (Thread thread : threads) {
      thread.setDaemon(true);
      thread.start();
    }
    if (taking != null) {
      taking.start();
    }
    if (backlog != null) {
      backlog.start();
    }
  }

  @Override
  public IndexStatus status(Id evidence) {
    IndexStatus now = pending.status(evidence);
    if (now != null) {
      return now;
    }
    IndexStatus written = folder.status(evidence);
    if (written == null) {
      written = pending.statusElsewhere(evidence);
    }
    return written == null ? IndexStatus.NONE : written;
  }

  @Override
  public void wanted(Id evidence) {
    IndexStatus status = status(evidence);
    if (status.state() == IndexStatus.State.NONE) {
      pending.enqueue(evidence, true);
    }
  }

  /**
   * Sealed evidence has no timeline until it is indexed again, also after a restart: one of a part
   * must not pass for one of all.
   */
  @Override
  public void changed(Id evidence) {
    try {
      EvidenceRecord record = store.record(evidence);
      if (record == null || !record.mayGrow()) {
        folder.outdate(evidence);
      }
    } catch (IOException e) {
      LOG.warn("evidence {} keeps its earlier timeline until it is indexed again", evidence, e);
    }
    pending.changed(evidence);
  }

  /** Removes purged evidence from the queue. */
  public void forget(Id evidence) {
    try {
      pending.forget(evidence);
      folder.forget(evidence);
    } catch (IOException e) {
      LOG.warn(
          "evidence {} is purged; links to its timeline stay until the next start", evidence, e);
    }
  }

  @Override
  public void onReady(Consumer<Id> listener) {
    results.onReady(listener);
  }

  @Override
  public DuckTimeline.Rows of(Id evidence) throws IOException {
    IndexStatus status = status(evidence);
    if (status.state() != IndexStatus.State.READY) {
      throw new NotIndexedException(evidence, status);
    }
    return folder.rows(evidence);
  }

  /** The number of indexed pieces since the start. */
  public long indexed() {
    return results.indexed();
  }

  /** The number of pieces that could not be indexed. */
  public long failed() {
    return results.failed();
  }

  /** The number of pieces that wait or are being indexed. */
  public int waiting() {
    return pending.size();
  }

  /** True if both threads are alive; false before the start. */
  public boolean isRunning() {
    return threads.stream().allMatch(Thread::isAlive);
  }

  /** Stops the threads; a running job starts again at the next start of the collector. */
  @Override
  public void close() {
    if (backlog != null) {
      backlog.close();
    }
    if (taking != null) {
      taking.close();
    }
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(10));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    pending.giveBackAll();
  }
}
