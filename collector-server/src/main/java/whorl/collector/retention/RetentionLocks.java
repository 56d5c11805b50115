package whorl.collector.retention;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.outage.Outage;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Id;

/**
 * Locks evidence in the object store until its limit by age, so that nobody who has the collectors'
 * keys can delete it before. Evidence without a limit by age is not locked. A lock is never made
 * shorter: if a limit is, evidence stays until the end of the lock that it has.
 *
 * <p>Looks at new evidence each minute, and at all of it at the start and every six hours. For one
 * thread.
 */
final class RetentionLocks {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionLocks.class);
  private static final int PAGE = 500;
  private static final Duration BETWEEN_ALL = Duration.ofHours(6);

  /** Evidence may come into the catalog later than it was sealed. */
  private static final Duration AGAIN = Duration.ofHours(1);

  private final RetentionLimits limits;
  private final Catalog catalog;
  private final EvidenceStore store;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final RetentionCounters counters;
  private Catalog.@Nullable Kept after;
  private @Nullable Long allNanos;

  RetentionLocks(
      RetentionLimits limits,
      Catalog catalog,
      EvidenceStore store,
      InstantSource clock,
      LongSupplier nanos,
      RetentionCounters counters) {
    this.limits = limits;
    this.catalog = catalog;
    this.store = store;
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
  }

  /**
   * Locks what is not locked yet, or not for long enough.
   *
   * @param mayGoOn is asked before each page
   */
  void lock(BooleanSupplier mayGoOn) throws IOException {
    if (limits.ages().isEmpty() && limits.ageOfAll() == null) {
      return;
    }
    Long all = allNanos;
    if (all == null || nanos.getAsLong() - all > BETWEEN_ALL.toNanos()) {
      after = null;
      allNanos = nanos.getAsLong();
    }
    List<Catalog.Kept> page;
    do {
      if (!mayGoOn.getAsBoolean()) {
        return;
      }
      page = catalog.oldest(after, PAGE);
      lock(page);
      after = page.isEmpty() ? after : page.get(page.size() - 1);
    } while (page.size() == PAGE);
    after = after == null ? null : earlier(after);
  }

  private static Catalog.Kept earlier(Catalog.Kept last) {
    return new Catalog.Kept(
        last.id(), last.of(), last.sealedAt().minus(AGAIN), last.bytes(), last.account());
  }

  private void lock(List<Catalog.Kept> page) throws IOException {
    Map<Id, Instant> locked = store.lockedAmong(page.stream().map(Catalog.Kept::id).toList());
    Instant now = clock.instant();
    for (Catalog.Kept each : page) {
      Instant until = until(each, now);
      Instant before = locked.get(each.id());
      if (until != null && until.isAfter(now) && (before == null || before.isBefore(until))) {
        lock(each.id(), until);
      }
    }
  }

  private void lock(Id evidence, Instant until) throws IOException {
    try {
      store.lockUntil(evidence, until);
      counters.locked.increment();
    } catch (IOException | RuntimeException e) {
      if (Outage.of(e) != null) {
        throw e;
      }
      counters.failures.increment();
      LOG.warn("evidence {} was not locked until {}; it is tried again", evidence, until, e);
    }
  }

  /**
   * The end of its retention; null if it has none. A time in the future locks no longer than now.
   */
  private @Nullable Instant until(Catalog.Kept kept, Instant now) {
    Duration own = limits.ages().get(kept.of());
    Duration all = limits.ageOfAll();
    Duration age = own == null || all != null && all.compareTo(own) < 0 ? all : own;
    Instant sealed = kept.sealedAt().isAfter(now) ? now : kept.sealedAt();
    return age == null ? null : sealed.plus(age);
  }
}
