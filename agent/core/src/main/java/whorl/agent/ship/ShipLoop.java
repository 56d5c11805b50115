package whorl.agent.ship;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.ship.net.Backoff;
import whorl.agent.ship.net.ShipMetrics;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.EvidenceFolder;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.StoredEvidence;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.Transfer;
import whorl.agent.ship.tus.Uploader;
import whorl.evidence.Id;

/**
 * Takes evidence out of the spool, one after the other, and ships it to the collector; without a
 * collector, or if it stays unreachable, to the evidence folder. Its thread survives every failure.
 */
final class ShipLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ShipLoop.class);
  private static final int ATTEMPTS_BEFORE_OTHERS = 5;

  private final Spool spool;
  private final @Nullable Uploader uploader;
  private final @Nullable EvidenceFolder folder;
  private final Timeouts timeouts;
  private final ShipMetrics shipMetrics;
  private final BiConsumer<StoredEvidence, ShipResult.Rejected> rejected;
  private final Consumer<Transfer> begins;
  private final InstantSource clock;
  private final Backoff backoff;
  private final SetAside setAside;

  /** Released when evidence arrives. */
  private final Semaphore work = new Semaphore(0);

  /** Released when the collector is back or the loop ends; ends a backoff. */
  private final Semaphore reachable = new Semaphore(0);

  /** Released when the loop ends; ends every wait. */
  private final Semaphore ending = new Semaphore(0);

  private final CountDownLatch drained = new CountDownLatch(1);
  private volatile boolean draining;
  private volatile boolean stopped;
  private @Nullable Transfer current;
  private volatile @Nullable Instant unreachableSince;
  private int attempts;

  /**
   * @param uploader null if there is no collector
   * @param begins runs before each attempt; {@code rejected} runs if the collector will never
   *     accept the evidence
   */
  ShipLoop(
      Spool spool,
      @Nullable Uploader uploader,
      @Nullable EvidenceFolder folder,
      Timeouts timeouts,
      ShipMetrics shipMetrics,
      Consumer<Transfer> begins,
      BiConsumer<StoredEvidence, ShipResult.Rejected> rejected,
      InstantSource clock) {
    this.spool = spool;
    this.uploader = uploader;
    this.folder = folder;
    this.timeouts = timeouts;
    this.shipMetrics = shipMetrics;
    this.begins = begins;
    this.rejected = rejected;
    this.clock = clock;
    backoff = new Backoff(timeouts.firstRetry(), timeouts.longestRetry());
    setAside = new SetAside(timeouts.unauthorizedRetry());
  }

  /** There may be something to ship. */
  void wake() {
    work.release();
  }

  /** The collector answers again: retries at once. */
  void retryNow() {
    reachable.release();
  }

  /** True if the last attempt did not reach the collector, or was not authorized. */
  boolean isUnreachable() {
    return unreachableSince != null;
  }

  /** Waits until the spool is empty or the collector cannot be reached. */
  void drain(Duration limit) throws InterruptedException {
    draining = true;
    endWaits();
    if (!drained.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      log.warn("{} pieces of evidence are not shipped at the end", spool.waiting());
    }
  }

  void stop() {
    stopped = true;
    drained.countDown();
    endWaits();
  }

  private void endWaits() {
    work.release();
    reachable.release();
    ending.release();
  }

  @Override
  public void run() {
    while (!stopped) {
      try {
        shipNext();
      } catch (InterruptedException e) {
        // Only the agent's end interrupts; it also sets the flag.
        log.debug("shipping was interrupted", e);
      } catch (OutOfMemoryError noRoom) {
        pause(timeouts.firstRetry());
      } catch (RuntimeException | LinkageError e) {
        recordError("shipping failed: " + e);
        log.error("shipping failed; it goes on with a pause", e);
        pause(timeouts.longestRetry());
      } finally {
        spool.release();
      }
    }
    if (uploader != null) {
      uploader.close();
    }
  }

  private void shipNext() throws InterruptedException {
    setAside.retry(spool::contains);
    StoredEvidence next = spool.holdNext(setAside::contains);
    if (next == null) {
      if (!shipGrowing()) {
        idle();
      }
    } else if (uploader == null) {
      copyWithoutCollector();
    } else {
      Transfer transfer = transfer(next);
      reachable.drainPermits();
      begins.accept(transfer);
      handle(next, uploader.ship(transfer));
    }
  }

  /**
   * Ships the artifacts so far of evidence in the making; its end is handled later. Artifacts that
   * cannot be shipped now are shipped after the commit.
   *
   * @return false if none waits
   */
  private boolean shipGrowing() throws InterruptedException {
    StoredEvidence soFar = spool.growing();
    if (soFar == null || uploader == null || setAside.contains(soFar.evidence())) {
      return false;
    }
    Transfer transfer = transfer(soFar);
    if (transfer.next() == null || transfer.lost() != null) {
      return false;
    }
    reachable.drainPermits();
    ShipResult result = uploader.ship(transfer);
    if (result instanceof ShipResult.Rejected no) {
      log.debug("evidence {} is not shipped as it comes: {}", soFar.evidence(), no.reason());
      idle();
    } else if (!(result instanceof ShipResult.Accepted)) {
      handle(soFar, result);
    }
    return true;
  }

  private void idle() throws InterruptedException {
    if (uploader != null && spool.growing() == null) {
      uploader.close();
    }
    if (folder != null && !setAside.isEmpty()) {
      copyAll(folder); // some may have been refused before it was sealed
    }
    giveUpDraining();
    boolean unused = work.tryAcquire(setAside.remainingNanos(), TimeUnit.NANOSECONDS);
    work.drainPermits();
  }

  /** Without a collector the evidence goes to the evidence folder, or stays in the spool. */
  private void copyWithoutCollector() throws InterruptedException {
    if (folder != null) {
      for (StoredEvidence next = spool.holdNextUncopied();
          next != null;
          next = spool.holdNextUncopied()) {
        if (!copy(next, folder)) {
          pause(timeouts.longestRetry());
          return;
        }
        spool.remove(next.evidence());
      }
    }
    idle();
  }

  private void handle(StoredEvidence evidence, ShipResult result) {
    if (result instanceof ShipResult.Accepted || result instanceof ShipResult.Duplicate) {
      shipMetrics.evidenceShipped.incrementAndGet();
      shipMetrics.lastShippedAt.set(clock.instant());
      finish(evidence);
    } else if (result instanceof ShipResult.Rejected no) {
      recordError("evidence " + evidence.evidence() + " cannot be sealed: " + no.reason());
      log.warn("evidence {} cannot be sealed: {}", evidence.evidence(), no.reason());
      shipMetrics.evidenceRejected.incrementAndGet();
      rejected.accept(evidence, no);
      if (folder != null && evidence.sealed()) {
        copy(evidence, folder);
      }
      finish(evidence);
    } else if (result instanceof ShipResult.Postponed later) {
      unreachableSince = null;
      giveUpDraining();
      // The collector is there and has set the time; a new connection must not end the wait.
      pause(later.retryAfter(), ending);
    } else if (result instanceof ShipResult.NotOurs no) {
      recordError("evidence " + evidence.evidence() + " waits: " + no.reason());
      log.warn("evidence {} is not taken from this agent: {}", evidence.evidence(), no.reason());
      setAside(evidence);
    } else if (result instanceof ShipResult.Unauthorized no) {
      recordError("the collector refuses this agent: " + no.reason());
      log.warn("the collector refuses this agent; check collector.token: {}", no.reason());
      retryLater(evidence, timeouts.unauthorizedRetry());
    } else if (result instanceof ShipResult.Unreachable no) {
      recordError("shipping: " + no.reason());
      log.warn("evidence does not get through, and will be tried again: {}", no.reason());
      retryLater(evidence, Duration.ofMillis(backoff.nextMillis()));
    }
  }

  private void finish(StoredEvidence evidence) {
    spool.release();
    spool.remove(evidence.evidence());
    setAside.ended(evidence.evidence());
    reached();
  }

  /** Others are shipped meanwhile. */
  private void setAside(StoredEvidence evidence) {
    Id id = evidence.evidence();
    setAside.add(id);
    if (folder != null && evidence.sealed() && !spool.isCopied(id) && copy(evidence, folder)) {
      spool.markCopied(id);
    }
    reached();
  }

  private void reached() {
    current = null;
    attempts = 0;
    unreachableSince = null;
    backoff.reset();
  }

  private void retryLater(StoredEvidence evidence, Duration wait) {
    if (++attempts % ATTEMPTS_BEFORE_OTHERS == 0) {
      spool.moveToEnd(evidence.evidence());
    }
    giveUpDraining();
    Instant now = clock.instant();
    Instant since = unreachableSince == null ? now : unreachableSince;
    unreachableSince = since;
    spool.release();
    if (folder != null && since.plus(timeouts.keepLocally()).compareTo(now) <= 0) {
      copyAll(folder);
    }
    pause(wait);
  }

  private void giveUpDraining() {
    if (draining) {
      if (folder != null) {
        copyAll(folder);
      }
      drained.countDown();
    }
  }

  private void copyAll(EvidenceFolder folder) {
    for (StoredEvidence next = spool.holdNextUncopied();
        next != null;
        next = spool.holdNextUncopied()) {
      if (!copy(next, folder)) {
        return;
      }
      spool.markCopied(next.evidence());
    }
    spool.release();
  }

  private boolean copy(StoredEvidence evidence, EvidenceFolder folder) {
    try {
      folder.copy(evidence);
      shipMetrics.evidenceKept.incrementAndGet();
      return true;
    } catch (IOException e) {
      recordError(e.getMessage() + ": " + e.getCause());
      log.warn("evidence cannot be kept locally", e);
      return false;
    }
  }

  private Transfer transfer(StoredEvidence evidence) {
    Transfer begun = current;
    if (begun == null || !begun.evidence().evidence().equals(evidence.evidence())) {
      begun = new Transfer(evidence);
      current = begun;
    } else {
      begun.grow(evidence);
    }
    return begun;
  }

  private void pause(Duration wait) {
    pause(wait, reachable);
  }

  private void pause(Duration wait, Semaphore over) {
    try {
      if (!stopped && over.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        over.drainPermits();
      }
    } catch (InterruptedException e) {
      log.debug("a pause was interrupted", e);
    }
  }

  private void recordError(String error) {
    shipMetrics.lastError.set(error);
  }
}
