package whorl.collector.timeline.index;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Id;

/**
 * Takes evidence that any of several collectors may index, as long as this one has room, and keeps
 * what it has taken, on the thread {@code whorl-index-jobs}.
 */
final class IndexTaking implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexTaking.class);
  private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long TAKE_EVERY_MILLIS = 500;
  private static final long AFTER_FAILURE_MILLIS = 5_000;
  private static final long JOIN_MILLIS = 10_000;

  private final SharedIndexWork work;
  private final Room room;
  private final Thread thread = new Thread(this::run, "whorl-index-jobs");
  private long renewedNanos = System.nanoTime();

  /** What this collector can take. */
  interface Room {
    boolean isFree();

    /**
     * False if the evidence is gone, or is being indexed here already.
     *
     * @throws IOException if that is not known, because its store is away
     */
    boolean enqueue(Id evidence) throws IOException;

    /** From 0 to 1. */
    double progress(Id evidence);
  }

  IndexTaking(SharedIndexWork work, Room room) {
    this.work = work;
    this.room = room;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      forgetOtherVersions();
      while (!Thread.currentThread().isInterrupted()) {
        TimeUnit.MILLISECONDS.sleep(step());
      }
    } catch (InterruptedException stopped) {
      LOG.debug("no more evidence is taken");
    }
  }

  private void forgetOtherVersions() {
    try {
      work.forgetOtherVersions();
    } catch (IOException | RuntimeException e) {
      LOG.warn("jobs of other versions stay until the next start: {}", e.getMessage());
    }
  }

  /** Returns the milliseconds until the next step. */
  private long step() {
    try {
      if (System.nanoTime() - renewedNanos > RENEW_NANOS) {
        renewedNanos = System.nanoTime();
        work.renew(room::progress);
      }
      Id next = room.isFree() ? work.take() : null;
      if (next == null) {
        return TAKE_EVERY_MILLIS;
      }
      enqueue(next);
      return 0;
    } catch (IOException | RuntimeException e) {
      LOG.warn("evidence to be indexed cannot be taken now: {}", e.getMessage());
      return AFTER_FAILURE_MILLIS;
    }
  }

  private void enqueue(Id evidence) throws IOException {
    boolean queued;
    try {
      queued = room.enqueue(evidence);
    } catch (IOException | RuntimeException e) {
      work.later(evidence, "it could not be queued: " + e.getMessage());
      throw e;
    }
    if (!queued) {
      work.done(evidence);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
