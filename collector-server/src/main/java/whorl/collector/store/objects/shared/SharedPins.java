package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.thread.DaemonThreads;
import whorl.evidence.Digest;

/**
 * The pins of this collector, which it renews while they are needed. Many are needed for a moment
 * only, and soon again: those are taken off together, a little later, unless they are used again
 * before. A pin that cannot be taken off ends by itself. Thread-safe.
 */
final class SharedPins implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedPins.class);
  private static final Duration RENEW = ContentUse.PIN.dividedBy(6);

  /** How much later a pin is taken off. */
  private static final Duration SOON = Duration.ofSeconds(2);

  /** More than these are not remembered, but taken off at once. */
  private static final int UNUSED_MAX = 10_000;

  private final ContentUse use;
  private final Map<Digest, Integer> counts = new HashMap<>();

  /** The pins in the database that nobody here needs any more. */
  private final Map<Digest, Integer> unused = new HashMap<>();

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-content-pins"));
  private boolean releasing;
  private volatile long renewedNanos = System.nanoTime();

  SharedPins(ContentUse use) {
    this.use = use;
    thread.scheduleWithFixedDelay(
        this::renew, RENEW.toMillis(), RENEW.toMillis(), TimeUnit.MILLISECONDS);
  }

  void pin(Collection<Digest> content) throws IOException {
    Set<Digest> missing = new HashSet<>();
    Set<Digest> reused = new HashSet<>();
    synchronized (counts) {
      for (Digest each : new HashSet<>(content)) {
        if (unused.containsKey(each)) {
          unused.computeIfPresent(each, (key, count) -> count == 1 ? null : count - 1);
          counts.merge(each, 1, Integer::sum);
          reused.add(each);
        } else {
          missing.add(each);
        }
      }
    }
    try {
      use.pin(missing);
    } catch (IOException | RuntimeException | Error e) {
      releaseSoon(reused);
      throw e;
    }
    synchronized (counts) {
      missing.forEach(each -> counts.merge(each, 1, Integer::sum));
    }
  }

  /** Takes pins off now, as far as there are some. Never fails. */
  void release(Collection<Digest> content) {
    unuse(content);
    releaseUnused();
  }

  /** Takes pins off within a few seconds, as far as there are some. Never fails. */
  void releaseSoon(Collection<Digest> content) {
    unuse(content);
    boolean now;
    synchronized (counts) {
      now = unused.size() > UNUSED_MAX;
      if (!now && (releasing || unused.isEmpty())) {
        return;
      }
      releasing = true;
    }
    try {
      thread.schedule(this::releaseLater, now ? 0 : SOON.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      releaseUnused();
    }
  }

  private void unuse(Collection<Digest> content) {
    synchronized (counts) {
      for (Digest each : new HashSet<>(content)) {
        if (counts.containsKey(each)) {
          counts.computeIfPresent(each, (key, count) -> count == 1 ? null : count - 1);
          unused.merge(each, 1, Integer::sum);
        }
      }
    }
  }

  private void releaseLater() {
    synchronized (counts) {
      releasing = false;
    }
    releaseUnused();
  }

  /** Takes off what is not needed any more, without waiting. Never fails. */
  void releaseUnused() {
    Map<Digest, Integer> released;
    synchronized (counts) {
      released = Map.copyOf(unused);
      unused.clear();
    }
    if (released.isEmpty() || System.nanoTime() - renewedNanos > ContentUse.PIN.toNanos()) {
      return; // they have ended by themselves, and the rows may be those of others
    }
    try {
      use.release(released);
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} pins end by themselves, in {} at most", released.size(), ContentUse.PIN, e);
    }
  }

  private void renew() {
    long began = System.nanoTime();
    List<Digest> pinned;
    synchronized (counts) {
      pinned = List.copyOf(counts.keySet());
    }
    try {
      use.renew(pinned);
      use.forgetExpired();
      renewedNanos = began;
    } catch (IOException | RuntimeException e) {
      LOG.warn("pins of {} contents were not renewed; it is tried again", pinned.size(), e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    releaseUnused();
  }
}
