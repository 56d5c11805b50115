package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Digest;

/**
 * The pins of this collector, which it renews while they are needed. A pin that cannot be taken off
 * ends by itself. Thread-safe.
 */
final class SharedPins implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedPins.class);
  private static final Duration RENEW = ContentUse.PIN.dividedBy(6);

  private final ContentUse use;
  private final Map<Digest, Integer> counts = new HashMap<>();
  private final Thread renewer = new Thread(this::renewAlways, "whorl-content-pins");
  private volatile long renewedNanos = System.nanoTime();

  SharedPins(ContentUse use) {
    this.use = use;
    renewer.setDaemon(true);
    renewer.start();
  }

  void pin(Collection<Digest> content) throws IOException {
    Set<Digest> distinct = new HashSet<>(content);
    use.pin(distinct);
    synchronized (counts) {
      distinct.forEach(each -> counts.merge(each, 1, Integer::sum));
    }
  }

  /** Takes pins off, as far as there are some. Never fails. */
  void release(Collection<Digest> content) {
    List<Digest> pinned = new ArrayList<>();
    synchronized (counts) {
      for (Digest each : new HashSet<>(content)) {
        if (counts.containsKey(each)) {
          counts.computeIfPresent(each, (key, count) -> count == 1 ? null : count - 1);
          pinned.add(each);
        }
      }
    }
    if (System.nanoTime() - renewedNanos > ContentUse.PIN.toNanos()) {
      return; // they have ended by themselves, and the rows may be those of others
    }
    try {
      use.release(pinned);
    } catch (IOException e) {
      LOG.warn("{} pins end by themselves, in {} at most", pinned.size(), ContentUse.PIN, e);
    }
  }

  private void renewAlways() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(RENEW.toNanos());
        renew();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
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
    renewer.interrupt();
  }
}
