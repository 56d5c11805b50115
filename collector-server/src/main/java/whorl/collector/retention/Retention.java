package whorl.collector.retention;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.cases.Holds;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.outage.Outage;
import whorl.collector.store.records.Catalog;
import whorl.collector.thread.DaemonThreads;
import whorl.evidence.Id;

/**
 * Purges evidence beyond the limits: at the start and every hour, oldest first, at most {@link
 * Planner#PASS_MAX} pieces per pass, on its own thread. Evidence that is held or still being
 * received stays.
 */
public final class Retention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final Duration BETWEEN_PASSES = Duration.ofHours(1);
  private static final String ACTOR = "collector";

  private final RetentionLimits limits;
  private final Planner planner;
  private final Purge purge;
  private final SteadyClock steadyClock;
  private final CustodyLog custody;
  private final InstantSource clock;
  private final RetentionCounters counters;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-retention"));

  private final BooleanSupplier myTurn;
  private final @Nullable RetentionLocks locks;
  private final LongSupplier nanos;
  private @Nullable Long passedNanos; // of the thread of retention
  private volatile @Nullable Pass last;
  private volatile Instant next;

  /**
   * @param custody the opened log; the time of its last entry shows how long the collector was down
   * @param nanos like {@link System#nanoTime}
   * @param myTurn true if this collector may purge by limits: of several, one at a time does
   * @param locks true if evidence is locked in the object store until its limit by age
   */
  public Retention(
      RetentionLimits limits,
      Catalog catalog,
      Holds holds,
      EvidenceStore store,
      Purge purge,
      CustodyLog custody,
      InstantSource clock,
      LongSupplier nanos,
      RetentionCounters counters,
      BooleanSupplier myTurn,
      boolean locks) {
    this.limits = limits;
    this.planner = new Planner(limits, catalog, holds, store);
    this.purge = purge;
    this.custody = custody;
    this.steadyClock = new SteadyClock(clock, nanos, custody.lastTimeFound());
    this.clock = clock;
    this.counters = counters;
    this.next = clock.instant();
    this.myTurn = myTurn;
    this.nanos = nanos;
    this.locks = locks ? new RetentionLocks(limits, catalog, store, clock, nanos, counters) : null;
  }

  /** The result of a pass. */
  record Pass(Instant at, long purged, long bytes) {}

  /**
   * The current state.
   *
   * @param plan of the next pass
   * @param next the time of the next pass at the earliest
   * @param doubt why purging by limits is suspended; null if it is not
   * @param locks true if evidence is locked in the object store until its limit by age
   */
  record Status(
      RetentionLimits limits,
      Plan plan,
      @Nullable Pass last,
      Instant next,
      SteadyClock.@Nullable Doubt doubt,
      boolean locks) {}

  /** Starts with the first pass. */
  public void start() {
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(this::passSafely, 0, 1, TimeUnit.MINUTES);
    ScheduledFuture<?> unusedThree =
        thread.scheduleWithFixedDelay(this::lockSafely, 0, 1, TimeUnit.MINUTES);
    // Retries content that was being read sooner than the next pass.
    ScheduledFuture<?> unusedToo =
        thread.scheduleWithFixedDelay(this::discardSafely, 1, 1, TimeUnit.MINUTES);
  }

  /**
   * Purges now, on the caller's thread; the content is deleted soon after, on the retention thread.
   */
  PurgeOutcome purgeNow(Id evidence, String by, String why) throws IOException {
    PurgeOutcome outcome = purge.purge(evidence, by, why);
    if (outcome instanceof PurgeOutcome.Purged) {
      counters.byToken.increment();
      if (!thread.isShutdown()) {
        thread.execute(this::discardSafely);
      }
    }
    return outcome;
  }

  /** Of several collectors, those without the turn only know that a pass comes within an hour. */
  Status status() throws IOException {
    Instant now = clock.instant();
    boolean mine = myTurn.getAsBoolean();
    Instant pass = mine && next.isAfter(now) ? next : now;
    Plan plan = planner.at(mine ? pass : now.plus(BETWEEN_PASSES));
    return new Status(limits, plan, last, pass, doubt(), locks != null);
  }

  /** Why no limit may purge now; null if it may. */
  private SteadyClock.@Nullable Doubt doubt() {
    List<String> doubts = custody.doubts();
    if (!doubts.isEmpty()) {
      return new SteadyClock.Doubt(
          "custody is in doubt, so that holds may be missing: "
              + doubts.get(0)
              + "; restore the log, or accept it with POST /api/v1/custody/acknowledge",
          null);
    }
    return steadyClock.doubt();
  }

  /** An hour after the last pass; of several collectors, the one that has its turn. */
  private boolean isPassDue() {
    Long last = passedNanos;
    return (last == null || nanos.getAsLong() - last >= BETWEEN_PASSES.toNanos())
        && myTurn.getAsBoolean();
  }

  /** Runs one pass. */
  void pass() throws IOException {
    Instant now = clock.instant();
    passedNanos = nanos.getAsLong();
    next = now.plus(BETWEEN_PASSES);
    purge.finish();
    long purged = 0;
    long bytes = 0;
    SteadyClock.Doubt doubt = doubt();
    if (doubt != null && !limits.hasNoLimits()) {
      LOG.warn("nothing is purged by a limit for now: {}", doubt.why());
    } else if (!limits.hasNoLimits()) {
      for (Plan.Due due : planner.at(now).due()) {
        if (thread.isShutdown() || !myTurn.getAsBoolean()) {
          break;
        }
        if (isPurged(due)) {
          counters.byLimit.increment();
          purged++;
          bytes += due.evidence().bytes();
        }
        if (purge.isQueueLarge()) {
          purge.discard();
        }
      }
    }
    purge.discard();
    if (purged > 0) {
      LOG.info("purged {} pieces of evidence with {} bytes, beyond their limits", purged, bytes);
    }
    last = new Pass(now, purged, bytes);
  }

  /** Evidence that cannot be purged, such as one whose record is lost, does not stop the pass. */
  private boolean isPurged(Plan.Due due) throws IOException {
    try {
      return purge.purge(due.evidence().id(), ACTOR, due.why()) instanceof PurgeOutcome.Purged;
    } catch (IOException | RuntimeException e) {
      if (Outage.of(e) != null) {
        throw e;
      }
      counters.failures.increment();
      LOG.warn("evidence {} was not purged; the next pass tries it again", due.evidence().id(), e);
      return false;
    }
  }

  private void lockSafely() {
    try {
      if (locks != null && myTurn.getAsBoolean()) {
        locks.lock(() -> !thread.isShutdown() && myTurn.getAsBoolean());
      }
    } catch (IOException | RuntimeException | Error e) {
      counters.failures.increment();
      LOG.warn("retention: evidence could not be locked yet; it is tried again", e);
    }
  }

  private void passSafely() {
    try {
      if (isPassDue()) {
        pass();
      }
    } catch (IOException | RuntimeException | Error e) {
      counters.failures.increment();
      LOG.warn("retention: a pass failed; the next one continues", e);
    }
  }

  private void discardSafely() {
    try {
      purge.discard();
    } catch (IOException | RuntimeException | Error e) {
      counters.failures.increment();
      LOG.warn("retention: content of purged evidence could not be removed yet", e);
    }
  }

  /** Waits for a running pass. */
  @Override
  public void close() throws InterruptedException {
    // No interrupt: it would close the files that the thread is writing to.
    thread.shutdown();
    if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
      LOG.warn("retention: a pass is still running; the next start completes it");
    }
  }
}
