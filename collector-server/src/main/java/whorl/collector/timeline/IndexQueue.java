package whorl.collector.timeline;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Disk;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.evidence.Id;

/**
 * Indexes evidence one piece after the other on a thread of its own, what has just come before what
 * was there. What an earlier run did not end is begun again.
 */
public final class IndexQueue implements TimelineIndex, DuckTimeline.Indexed, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexQueue.class);
  private static final int WAITING_MAX = 100_000;
  private static final long RETRY_SECONDS = 30;

  private final EvidenceStore store;
  private final TimelineFolder folder;
  private final IndexJob job;
  private final LongSupplier freeBytes;
  private final long reserveBytes;
  private final LinkedBlockingDeque<Id> waiting = new LinkedBlockingDeque<>(WAITING_MAX);
  private final Map<Id, IndexStatus> unfinished = new ConcurrentHashMap<>();
  private final List<Consumer<Id>> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder indexed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Thread thread = new Thread(this::work, "whorl-index");

  /**
   * What it works with.
   *
   * @param freeBytes what the disk of the data folder has left
   * @param reserveBytes of them that are left alone
   */
  public record Surroundings(
      EvidenceStore store,
      DataFolder folder,
      Disk disk,
      CustodyLines custody,
      ConfinedJvm confined,
      LongSupplier freeBytes,
      long reserveBytes) {}

  public IndexQueue(Surroundings with) {
    this.store = with.store();
    this.folder = new TimelineFolder(with.folder(), with.disk());
    this.job = new IndexJob(store, with.custody(), with.confined(), folder);
    this.freeBytes = with.freeBytes();
    this.reserveBytes = with.reserveBytes();
  }

  /** Begins, with what has no index yet. */
  public void start() throws IOException {
    List<Id> all = store.evidence();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (folder.status(all.get(i)) == null) {
        enqueue(all.get(i), false);
      }
    }
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public IndexStatus status(Id evidence) {
    IndexStatus now = unfinished.get(evidence);
    if (now != null) {
      return now;
    }
    IndexStatus written = folder.status(evidence);
    return written == null ? IndexStatus.NONE : written;
  }

  @Override
  public void wanted(Id evidence) {
    IndexStatus status = status(evidence);
    if (status.state() == IndexStatus.State.NONE) {
      enqueue(evidence, true);
    }
  }

  /** The evidence was purged: it is waited for no longer. */
  public void forget(Id evidence) {
    waiting.remove(evidence);
    unfinished.remove(evidence);
  }

  @Override
  public void onReady(Consumer<Id> listener) {
    listeners.add(listener);
  }

  @Override
  public DuckTimeline.Rows of(Id evidence) throws IOException {
    IndexStatus status = status(evidence);
    if (status.state() != IndexStatus.State.READY) {
      throw new NotIndexedException(evidence, status);
    }
    return folder.rows(evidence);
  }

  /** How many were indexed since the start. */
  public long indexed() {
    return indexed.sum();
  }

  /** How many could not be. */
  public long failed() {
    return failed.sum();
  }

  /** How many wait or are under way. */
  public int waiting() {
    return unfinished.size();
  }

  /** Ends; what is under way is begun again at the next start. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void enqueue(Id evidence, boolean soon) {
    if (unfinished.putIfAbsent(evidence, IndexStatus.of(IndexStatus.State.WAITING, 0)) == null) {
      boolean room = soon ? waiting.offerFirst(evidence) : waiting.offerLast(evidence);
      if (!room) {
        unfinished.remove(evidence);
        LOG.warn("evidence {} is indexed later: {} are waiting", evidence, WAITING_MAX);
      }
    }
  }

  private void work() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        one(waiting.takeFirst());
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  private void one(Id evidence) throws InterruptedException {
    try {
      EvidenceRecord record = store.record(evidence);
      if (record == null) {
        unfinished.remove(evidence);
        return;
      }
      if (freeBytes.getAsLong() - reserveBytes < 2 * record.totalBytes()) {
        putOff(evidence, "the collector's disk has no room for it; make room there");
        return;
      }
      unfinished.put(evidence, IndexStatus.of(IndexStatus.State.RUNNING, 0));
      long began = System.nanoTime();
      IndexStatus outcome = job.run(evidence, part -> progress(evidence, part));
      if (outcome == null) {
        putOff(evidence, "no second JVM was to be had");
        return;
      }
      unfinished.remove(evidence);
      if (removedIfPurged(evidence)) {
        return;
      }
      told(evidence, outcome, System.nanoTime() - began);
    } catch (IOException | RuntimeException e) {
      if (removedIfPurged(evidence)) {
        unfinished.remove(evidence);
        return;
      }
      LOG.warn(
          "evidence {} could not be indexed; it is tried again at the next start", evidence, e);
      failed.increment();
      unfinished.put(
          evidence,
          new IndexStatus(
              IndexStatus.VERSION,
              IndexStatus.State.FAILED,
              0,
              0,
              null,
              "the collector could not do it: " + e.getMessage(),
              List.of()));
    }
  }

  /** What was made of evidence that was purged meanwhile goes with it. */
  private boolean removedIfPurged(Id evidence) {
    if (store.contains(evidence)) {
      return false;
    }
    try {
      store.remove(evidence);
    } catch (IOException e) {
      LOG.warn("evidence {} is purged; its timeline goes later", evidence, e);
    }
    return true;
  }

  private void progress(Id evidence, double part) {
    unfinished.put(evidence, IndexStatus.of(IndexStatus.State.RUNNING, part));
  }

  private void told(Id evidence, IndexStatus outcome, long nanos) {
    if (outcome.state() == IndexStatus.State.FAILED) {
      failed.increment();
      LOG.warn("evidence {} has no timeline: {}", evidence, outcome.problem());
      return;
    }
    indexed.increment();
    LOG.info(
        "evidence {}: {} rows in {} ms",
        evidence,
        outcome.rows(),
        TimeUnit.NANOSECONDS.toMillis(nanos));
    for (Consumer<Id> listener : listeners) {
      try {
        listener.accept(evidence);
      } catch (RuntimeException e) {
        LOG.warn("evidence {} is indexed, but what follows failed", evidence, e);
      }
    }
  }

  private void putOff(Id evidence, String why) throws InterruptedException {
    @Nullable IndexStatus before =
        unfinished.put(
            evidence,
            new IndexStatus(
                IndexStatus.VERSION, IndexStatus.State.WAITING, 0, 0, null, why, List.of()));
    if (before == null || !why.equals(before.problem())) {
      LOG.warn("evidence {} is indexed later: {}", evidence, why);
    }
    waiting.putLast(evidence);
    TimeUnit.SECONDS.sleep(waiting.size() > 1 ? 1 : RETRY_SECONDS);
  }
}
