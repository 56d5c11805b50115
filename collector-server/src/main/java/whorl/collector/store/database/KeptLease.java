package whorl.collector.store.database;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.Leases.Lease;

/**
 * A lease that a daemon thread takes as soon as it is free, and renews three times in its length.
 * If the database cannot be reached, it counts as lost before it ends there: its end is computed
 * from a time before it was asked for.
 */
public final class KeptLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeptLease.class);
  private static final long JOIN_MILLIS = 5_000;

  private final Leases leases;
  private final String name;
  private final Duration length;
  private final Listener listener;
  private final Thread thread;
  private volatile @Nullable Held held;
  private volatile boolean closed;

  /** Is called on the thread that keeps the lease, so it must return soon. */
  public interface Listener {
    void taken(Lease lease);

    /**
     * The lease is lost or released; what it protected must stop. While the database does not
     * answer this may come late, so ask {@link KeptLease#lease} before each step of the work.
     */
    void lost(Lease lease);
  }

  private record Held(Lease lease, long untilNanos) {}

  KeptLease(Leases leases, String name, Duration length, Listener listener) {
    this.leases = leases;
    this.name = name;
    this.length = length;
    this.listener = listener;
    this.thread = new Thread(this::run, "whorl-lease-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** The lease, if it has certainly not ended yet; else null. */
  public @Nullable Lease lease() {
    Held now = held;
    return now != null && System.nanoTime() - now.untilNanos() < 0 ? now.lease() : null;
  }

  /** Releases the lease, and waits for its thread up to five seconds. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        step();
      } catch (IOException | RuntimeException e) {
        LOG.warn("lease {} cannot be renewed now: {}", name, e.getMessage());
      }
      expire();
      if (closed) {
        break;
      }
      try {
        Thread.sleep(Math.max(1, length.toMillis() / 3));
      } catch (InterruptedException closing) {
        break; // only close() interrupts this thread
      }
    }
    release();
  }

  private void step() throws IOException {
    long until = System.nanoTime() + length.toNanos();
    Held before = held;
    if (before == null) {
      Lease lease = leases.take(name, length).orElse(null);
      if (lease != null) {
        held = new Held(lease, until);
        listener.taken(lease);
      }
    } else if (leases.renew(before.lease(), length)) {
      held = new Held(before.lease(), until);
    } else {
      lose(before);
    }
  }

  /** Gives up a lease that may have ended meanwhile. */
  private void expire() {
    Held now = held;
    if (now != null && System.nanoTime() - now.untilNanos() >= 0) {
      lose(now);
    }
  }

  private void lose(Held lost) {
    held = null;
    listener.lost(lost.lease());
  }

  private void release() {
    Held last = held;
    if (last == null) {
      return;
    }
    lose(last);
    Thread.interrupted(); // else the database refuses to work for this thread
    try {
      leases.release(last.lease());
    } catch (IOException e) {
      LOG.warn("lease {} was not released, and ends by itself: {}", name, e.getMessage());
    }
  }
}
