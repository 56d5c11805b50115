package whorl.collector.timeline.index;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.FirstPart;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Tries;
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
  private static final int WAITING_MAX = 100_000;
  private static final long RETRY_SECONDS = 30;

  /** One for each thread, and one that waits. */
  private static final int TAKEN_MAX = 3;

  private static final Duration QUICK = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofMinutes(2);

  private final EvidenceStore store;
  private final TimelineFolder folder;
  private final Preparation preparation;
  private final IndexJob job;
  private final LongSupplier freeBytes;
  private final long reserveBytes;
  private final @Nullable SharedIndexWork work;
  private final IndexLanes waiting = new IndexLanes(WAITING_MAX);
  private final Map<Id, IndexStatus> unfinished = new ConcurrentHashMap<>();

  /** Evidence that changed while it was being indexed. */
  private final Set<Id> changed = ConcurrentHashMap.newKeySet();

  private final List<Consumer<Id>> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder indexed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final List<Thread> threads =
      List.of(
          new Thread(this::indexAll, "whorl-index-1"), new Thread(this::indexAll, "whorl-index-2"));
  private final @Nullable IndexTaking taking;

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
    this.preparation = dependencies.preparation();
    this.job = new IndexJob(store, dependencies.custody(), dependencies.confined(), folder);
    this.freeBytes = dependencies.freeBytes();
    this.reserveBytes = dependencies.reserveBytes();
    this.work = dependencies.work();
    this.taking = work == null ? null : new IndexTaking(work, new Room());
  }

  /** What this collector can take of the work of all. */
  private final class Room implements IndexTaking.Room {
    @Override
    public boolean isFree() {
      return unfinished.size() < TAKEN_MAX;
    }

    @Override
    public boolean enqueue(Id evidence) {
      return enqueueHere(evidence, true);
    }

    @Override
    public double progress(Id evidence) {
      return status(evidence).progress();
    }
  }

  /** Starts the threads; evidence without an index is queued. */
  public void start() throws IOException {
    List<Id> missing = folder.withoutTimeline(store.evidence());
    for (int i = missing.size() - 1; i >= 0; i--) {
      enqueue(missing.get(i), false);
    }
    for (Thread thread : threads) {
      thread.setDaemon(true);
      thread.start();
    }
    if (taking != null) {
      taking.start();
    }
  }

  @Override
  public IndexStatus status(Id evidence) {
    IndexStatus now = unfinished.get(evidence);
    if (now != null) {
      return now;
    }
    IndexStatus written = folder.status(evidence);
    if (written == null && work != null) {
      written = statusElsewhere(work, evidence);
    }
    return written == null ? IndexStatus.NONE : written;
  }

  private static @Nullable IndexStatus statusElsewhere(SharedIndexWork work, Id evidence) {
    try {
      return work.status(evidence);
    } catch (IOException e) {
      LOG.warn("evidence {}: whether it is being indexed is not known now", evidence, e);
      return null;
    }
  }

  @Override
  public void wanted(Id evidence) {
    IndexStatus status = status(evidence);
    if (status.state() == IndexStatus.State.NONE) {
      enqueue(evidence, true);
    }
  }

  @Override
  public void changed(Id evidence) {
    changed.add(evidence);
    if (enqueue(evidence, true)) {
      changed.remove(evidence);
    }
  }

  /** Removes purged evidence from the queue. */
  public void forget(Id evidence) {
    waiting.remove(evidence);
    unfinished.remove(evidence);
    changed.remove(evidence);
    try {
      folder.forget(evidence);
      if (work != null) {
        work.forget(evidence);
      }
    } catch (IOException e) {
      LOG.warn(
          "evidence {} is purged; links to its timeline stay until the next start", evidence, e);
    }
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

  /** The number of indexed pieces since the start. */
  public long indexed() {
    return indexed.sum();
  }

  /** The number of pieces that could not be indexed. */
  public long failed() {
    return failed.sum();
  }

  /** The number of pieces that wait or are being indexed. */
  public int waiting() {
    return unfinished.size();
  }

  /** True if both threads are alive; false before the start. */
  public boolean isRunning() {
    return threads.stream().allMatch(Thread::isAlive);
  }

  /** Stops the threads; a running job starts again at the next start of the collector. */
  @Override
  public void close() {
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
    giveBackAll();
  }

  private void giveBackAll() {
    if (work == null) {
      return;
    }
    try {
      work.giveBackAll();
    } catch (IOException e) {
      LOG.warn("what this collector indexed is taken by another in a minute: {}", e.getMessage());
    }
  }

  /** True if the evidence was added to the queue of this collector, or to that of all of them. */
  private boolean enqueue(Id evidence, boolean isNew) {
    if (work == null) {
      return enqueueHere(evidence, isNew);
    }
    EvidenceRecord record = recordOrNull(evidence);
    if (record == null) {
      return false;
    }
    try {
      work.add(evidence, isNew, record.totalBytes());
      return true;
    } catch (IOException e) {
      LOG.warn("evidence {} is indexed later: {}", evidence, e.getMessage());
      return false;
    }
  }

  private boolean enqueueHere(Id evidence, boolean isNew) {
    if (unfinished.putIfAbsent(evidence, IndexStatus.of(IndexStatus.State.WAITING, 0)) != null) {
      return false;
    }
    EvidenceRecord record = recordOrNull(evidence);
    boolean room =
        record != null && waiting.add(evidence, record.agent(), isNew, record.totalBytes());
    if (!room) {
      unfinished.remove(evidence);
      if (record != null) {
        LOG.warn("evidence {} is indexed later: {} are waiting", evidence, WAITING_MAX);
      }
    }
    return room;
  }

  private @Nullable EvidenceRecord recordOrNull(Id evidence) {
    try {
      return store.record(evidence);
    } catch (IOException damaged) {
      LOG.warn("evidence {} is not indexed", evidence, damaged);
      return null;
    }
  }

  private void indexAll() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        IndexLanes.Waiting piece = waiting.take();
        AtomicBoolean hasLongLane = new AtomicBoolean(piece.isSlow());
        try {
          index(piece, hasLongLane);
        } finally {
          if (hasLongLane.get()) {
            waiting.releaseLongLane();
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
        finished(evidence);
        return;
      }
      if (freeBytes.getAsLong() - reserveBytes < 2 * record.totalBytes()) {
        postpone(piece, "the collector's disk has no room for it; make room there");
        return;
      }
      unfinished.put(evidence, IndexStatus.of(IndexStatus.State.RUNNING, 0));
      long began = System.nanoTime();
      changed.remove(evidence);
      int tries = folder.beginAttempt(evidence);
      IndexJob.Result result =
          tries > Tries.MAX
              ? IndexJob.Result.done(
                  job.giveUp(record, "it could not be read: tried " + Tries.MAX + " times"))
              : run(piece, hasLongLane);
      folder.endAttempt(evidence);
      if (result.later() != null) {
        postpone(piece, result.later(), !result.tooLong());
        return;
      }
      boolean purged = removeIfPurged(evidence);
      if (work != null && !purged && result.status() != null) {
        // before the job ends, so that what follows is not forgotten if this collector dies here
        report(evidence, result.status(), System.nanoTime() - began);
      }
      finished(evidence);
      if (purged) {
        return;
      }
      if (work == null && result.status() != null) {
        report(evidence, result.status(), System.nanoTime() - began);
      }
      if (changed.remove(evidence)) {
        enqueue(evidence, true);
      }
    } catch (InterruptedException stopped) {
      // not a failure of this evidence
      endAttemptQuietly(evidence);
      throw stopped;
    } catch (IOException | RuntimeException | Error e) {
      if (removeIfPurged(evidence)) {
        finished(evidence);
        return;
      }
      LOG.warn("evidence {} could not be indexed; it is tried again", evidence, e);
      postpone(piece, "the collector could not do it: " + e.getMessage());
    }
  }

  private void finished(Id evidence) {
    unfinished.remove(evidence);
    if (work != null) {
      try {
        work.done(evidence);
      } catch (IOException e) {
        LOG.warn("evidence {}: its index may be made once more: {}", evidence, e.getMessage());
      }
    }
  }

  private IndexJob.Result run(IndexLanes.Waiting piece, AtomicBoolean hasLongLane)
      throws IOException, InterruptedException {
    Preparation.Outcome prepared =
        preparation.prepare(piece.evidence(), piece.isSlow() ? LONG : QUICK);
    return switch (prepared) {
      case LATER -> new IndexJob.Result(null, "no second JVM could be started now", false);
      case TOO_LONG -> IndexJob.Result.TOO_LONG;
      case DONE ->
          job.run(
              piece.evidence(),
              piece.isSlow() ? null : new FirstPart(QUICK, () -> mayContinue(hasLongLane)),
              fraction -> progress(piece.evidence(), fraction));
    };
  }

  /**
   * Lets the job continue if the long lane is free and no other evidence waits for it; then it need
   * not start again there.
   */
  private boolean mayContinue(AtomicBoolean hasLongLane) {
    boolean free = waiting.tryTakeLongLane();
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

  private void progress(Id evidence, double fraction) {
    unfinished.put(evidence, IndexStatus.of(IndexStatus.State.RUNNING, fraction));
  }

  private void report(Id evidence, IndexStatus outcome, long nanos) {
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
      } catch (RuntimeException | Error e) {
        LOG.warn("evidence {} is indexed, but what follows failed", evidence, e);
      }
    }
  }

  private void postpone(IndexLanes.Waiting piece, String reason) throws InterruptedException {
    postpone(piece, reason, true);
  }

  private void postpone(IndexLanes.Waiting piece, String reason, boolean pause)
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
    waiting.addSlow(piece);
    if (pause) {
      TimeUnit.SECONDS.sleep(waiting.size() > 1 ? 1 : RETRY_SECONDS);
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
}
