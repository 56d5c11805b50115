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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.cases.Holds;
import whorl.collector.custody.CustodyLog;
import whorl.collector.store.Catalog;
import whorl.evidence.Id;

/**
 * Purges what is beyond the limits: at the start and every hour, the oldest first, no more than
 * {@link Planner#PASS_MAX} at a time, on a thread of its own. Held evidence, and what is being
 * received, stays.
 */
public final class Retention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final Duration BETWEEN_PASSES = Duration.ofHours(1);
  private static final String ACTOR = "collector";

  private final RetentionLimits limits;
  private final Planner planner;
  private final Purge purge;
  private final SteadyClock steady;
  private final CustodyLog custody;
  private final InstantSource clock;
  private final RetentionCounters counters;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread made = new Thread(work, "whorl-retention");
            made.setDaemon(true);
            return made;
          });

  private volatile @Nullable Pass last;
  private volatile Instant next;

  /**
   * @param custody as it was opened; its last entry tells how long the collector was away
   * @param nanos as {@link System#nanoTime}
   */
  public Retention(
      RetentionLimits limits,
      Catalog catalog,
      Holds holds,
      Purge purge,
      CustodyLog custody,
      InstantSource clock,
      LongSupplier nanos,
      RetentionCounters counters) {
    this.limits = limits;
    this.planner = new Planner(limits, catalog, holds);
    this.purge = purge;
    this.custody = custody;
    this.steady = new SteadyClock(clock, nanos, custody.lastTimeFound());
    this.clock = clock;
    this.counters = counters;
    this.next = clock.instant();
  }

  /** What a pass did. */
  record Pass(Instant at, long purged, long bytes) {}

  /**
   * How things stand.
   *
   * @param plan of the next pass
   * @param doubt why limits wait; null when they do not
   */
  record Status(
      RetentionLimits limits,
      Plan plan,
      @Nullable Pass last,
      Instant next,
      SteadyClock.@Nullable Doubt doubt) {}

  /** Begins with the first pass. */
  public void start() {
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            this::passSafely, 0, BETWEEN_PASSES.toMinutes(), TimeUnit.MINUTES);
    // What was being read when it was to go is tried again sooner.
    ScheduledFuture<?> unusedToo =
        thread.scheduleWithFixedDelay(this::discardSafely, 1, 1, TimeUnit.MINUTES);
  }

  /** Purges now, on the caller's thread; the content goes on the retention thread, soon. */
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

  Status status() throws IOException {
    return new Status(limits, planner.at(next), last, next, doubt());
  }

  /** Why nothing may be purged by a limit now; null when it may. */
  private SteadyClock.@Nullable Doubt doubt() {
    List<String> doubts = custody.doubts();
    if (!doubts.isEmpty()) {
      return new SteadyClock.Doubt(
          "custody is in doubt, so that holds may be missing: "
              + doubts.get(0)
              + "; restore the log, or say with POST /api/v1/custody/acknowledge that it is right",
          null);
    }
    return steady.doubt();
  }

  /** One pass. */
  void pass() throws IOException {
    Instant now = clock.instant();
    next = now.plus(BETWEEN_PASSES);
    purge.finish();
    long purged = 0;
    long bytes = 0;
    SteadyClock.Doubt doubt = doubt();
    if (doubt != null && !limits.isNone()) {
      LOG.warn("nothing is purged by a limit for now: {}", doubt.why());
    } else if (!limits.isNone()) {
      for (Plan.Due due : planner.at(now).due()) {
        if (thread.isShutdown()) {
          break;
        }
        if (purge.purge(due.evidence().id(), ACTOR, due.why()) instanceof PurgeOutcome.Purged) {
          counters.byLimit.increment();
          purged++;
          bytes += due.evidence().bytes();
        }
        if (purge.muchWaits()) {
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

  private void passSafely() {
    try {
      pass();
    } catch (IOException | RuntimeException | Error e) {
      counters.failures.increment();
      LOG.warn("retention: a pass failed; the next one goes on", e);
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

  /** Waits for what is under way. */
  @Override
  public void close() throws InterruptedException {
    // No interrupt: that would close the files that it is writing to.
    thread.shutdown();
    if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
      LOG.warn("retention: a pass is still at work; the next start ends what it leaves");
    }
  }
}
