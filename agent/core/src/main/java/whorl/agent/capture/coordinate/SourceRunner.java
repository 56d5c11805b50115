package whorl.agent.capture.coordinate;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.AcquisitionLog;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.GuardedOutput;
import whorl.agent.capture.Reason;
import whorl.evidence.ArtifactName;

/**
 * Runs one source at a time, each on a thread of its own, so that a source that hangs in the kernel
 * can be abandoned: interrupted at its deadline, given a short grace period, then left behind. Used
 * only by the capture thread.
 */
final class SourceRunner {
  private static final Logger log = LoggerFactory.getLogger(SourceRunner.class);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final long STEP_NANOS = Duration.ofMillis(50).toNanos();

  private final ThreadFactory threads;
  private final Map<ArtifactSource, Attempt> hanging = new HashMap<>();

  SourceRunner(ThreadFactory threads) {
    this.threads = threads;
  }

  /**
   * Runs {@code source} and reports to {@code acquisition} how it went. Whatever the source does,
   * the next one can run.
   *
   * @param leftNanos how long the whole capture may still take; it may shrink at any time
   * @throws IOException if the draft itself fails
   * @throws InterruptedException if the capture thread must end
   */
  void run(
      ArtifactSource source,
      CaptureContext context,
      EvidenceSink.Draft draft,
      AcquisitionLog acquisition,
      LongSupplier leftNanos)
      throws IOException, InterruptedException {
    if (stillHangs(source, leftNanos)) {
      acquisition.missing(source.kind(), "an earlier capture's attempt still hangs in the kernel");
      return;
    }
    if (leftNanos.getAsLong() <= 0) {
      acquisition.missing(source.kind(), "no time is left before the JVM ends");
      return;
    }
    GuardedOutput out = new GuardedOutput(draft, acquisition);
    Attempt attempt = new Attempt(source, context, out);
    Thread thread = threads.newThread(attempt);
    thread.setName("whorl-source-" + source.kind());
    thread.setDaemon(true);
    long startedNanos = System.nanoTime();
    boolean inTime;
    if (tryStart(thread)) {
      try {
        inTime = awaitEnd(attempt, thread, acquisition, leftNanos);
      } catch (InterruptedException e) {
        thread.interrupt();
        hanging.put(source, attempt); // until it ends: the capture may be performed again
        revoke(out, e);
        throw e;
      }
    } else {
      acquisition.add(source.kind() + ": no thread can be started, so it runs without a deadline");
      attempt.run();
      inTime = true;
    }
    ArtifactName cut = out.revoke();
    Throwable failure = attempt.failure();
    if (!inTime) {
      String reason =
          leftNanos.getAsLong() / 2 < source.deadline().toNanos()
              ? "cut, since the JVM ends"
              : "cut at its deadline of " + source.deadline().toMillis() + " ms";
      acquisition.missing(cut == null ? source.kind() : cut.value(), reason);
    } else if (failure != null) {
      acquisition.missing(cut == null ? source.kind() : cut.value(), Reason.of(failure));
      log.debug("source {} failed", source.kind(), failure);
    }
    long millis = NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    acquisition.add(source.getClass().getSimpleName() + " ran for " + millis + " ms");
  }

  private static boolean tryStart(Thread thread) {
    try {
      thread.start();
      return true;
    } catch (OutOfMemoryError noThread) {
      return false;
    }
  }

  /** Does not join the thread: any code could hold the lock that this needs, for ever. */
  private boolean awaitEnd(
      Attempt attempt, Thread thread, AcquisitionLog acquisition, LongSupplier leftNanos)
      throws InterruptedException {
    ArtifactSource source = attempt.source;
    long startedNanos = System.nanoTime();
    long ownNanos = source.deadline().toNanos();
    long allowedNanos = allowedNanos(ownNanos, leftNanos, 0);
    // In steps, since the end of the JVM may shorten it.
    for (long ran = 0; ran < allowedNanos; ran = System.nanoTime() - startedNanos) {
      // A thread that finds no memory when it begins ends without the attempt.
      if (attempt.hasEnded(Math.min(STEP_NANOS, allowedNanos - ran)) || !thread.isAlive()) {
        return true;
      }
      allowedNanos = allowedNanos(ownNanos, leftNanos, System.nanoTime() - startedNanos);
    }
    if (attempt.hasEnded(0)) {
      return true;
    }
    thread.interrupt();
    if (!attempt.hasEnded(allowedNanos(GRACE.toNanos(), leftNanos, 0))) {
      hanging.put(source, attempt);
      acquisition.add(source.kind() + " does not heed its interruption; its thread is left behind");
      log.warn("capture source {} hangs; its thread is left behind", source.kind());
    }
    return false;
  }

  /**
   * Returns at most half of the capture's remaining time, so that some is left for later sources.
   */
  private static long allowedNanos(long ownNanos, LongSupplier leftNanos, long ranNanos) {
    long left = leftNanos.getAsLong();
    return left == Long.MAX_VALUE ? ownNanos : Math.min(ownNanos, (ranNanos + left) / 2);
  }

  private static void revoke(GuardedOutput out, InterruptedException interrupted) {
    try {
      out.revoke();
    } catch (IOException | InterruptedException hangs) {
      interrupted.addSuppressed(hangs);
    }
  }

  /** An attempt that was just interrupted gets a moment to end. */
  private boolean stillHangs(ArtifactSource source, LongSupplier leftNanos)
      throws InterruptedException {
    Attempt before = hanging.get(source);
    if (before != null && before.hasEnded(allowedNanos(GRACE.toNanos(), leftNanos, 0))) {
      hanging.remove(source);
      return false;
    }
    return before != null;
  }

  private static final class Attempt implements Runnable {
    private final ArtifactSource source;
    private final CaptureContext context;
    private final ArtifactOutput out;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;

    Attempt(ArtifactSource source, CaptureContext context, ArtifactOutput out) {
      this.source = source;
      this.context = context;
      this.out = out;
    }

    @Override
    public void run() {
      try {
        source.collect(context, out);
      } catch (Throwable e) {
        // Even an OutOfMemoryError or a missing class costs only this source.
        failure = e;
      } finally {
        ended.countDown();
      }
    }

    boolean hasEnded(long waitNanos) throws InterruptedException {
      return ended.await(waitNanos, NANOSECONDS);
    }

    /** What it failed with; null if it did not. For an attempt whose thread has ended. */
    @Nullable Throwable failure() {
      return ended.getCount() == 0 ? failure : new OutOfMemoryError("its thread could not begin");
    }
  }
}
