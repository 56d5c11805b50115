package whorl.agent.exit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.alert.AlertDispatcher;
import whorl.agent.capture.coordinate.CaptureCoordinator;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.AgentConfig.HeapMode;
import whorl.agent.event.EventSink;
import whorl.agent.event.WatchReports;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.end.EndHook;
import whorl.agent.hook.end.Ending;
import whorl.agent.memory.OutOfMemoryWatch;
import whorl.agent.ship.Shipper;
import whorl.agent.thread.AgentThreads;
import whorl.event.RequestContext;
import whorl.evidence.Alert;

/**
 * Handles the end of the JVM in two steps. Before any shutdown hook runs, the thread that ends the
 * JVM waits here, for {@code capture.on-exit-limit} at most, while running captures are sealed, a
 * last one is taken if {@code capture.on-exit} requires it, and evidence is shipped. If {@link
 * ShutdownPolicy} finds nothing to wait for, it continues at once. Then the agent's shutdown hook,
 * one among the application's, signs off at the collector and releases what the agent holds.
 *
 * <p>The wait ends when all this is done, at the limit, or at a further signal.
 */
public final class ShutdownSequence {
  private static final Logger log = LoggerFactory.getLogger(ShutdownSequence.class);

  /** Eighths of the limit that captures may take; the rest is for shipping. */
  private static final int CAPTURE_EIGHTHS = 5;

  private static final Duration ALERT_FLUSH_LIMIT = Duration.ofSeconds(2);
  private static final Duration FINAL_SHIPPING_LIMIT = Duration.ofSeconds(5);
  private static final Duration SIGN_OFF_LIMIT = Duration.ofMillis(500);

  private static volatile boolean hasBegun;

  private final ShutdownPolicy policy;
  private final AgentConfig.Heap heap;
  private final @Nullable OutOfMemoryWatch memory;
  private final AlertDispatcher dispatcher;
  private final CaptureCoordinator captures;
  private final Shipper shipper;
  private final EventSink sink;
  private final InstantSource clock;
  private final Runnable removeMarker;
  private final Runnable releaseResources;

  private final CountDownLatch over = new CountDownLatch(1);

  /** Created in advance: no agent class may be loaded on the thread that ends the JVM. */
  private final Thread worker = new AgentThreads("exit").newThread(this::work);

  private volatile @Nullable Ending ending;
  private volatile @Nullable RequestContext request;

  /** When the wait ends at the latest, by the monotonic clock; 0 until the end has begun. */
  private final AtomicLong endNanos = new AtomicLong();

  /**
   * @param removeMarker removes the marker of this running JVM
   * @param releaseResources the last step: releases files and locks
   */
  public ShutdownSequence(
      ShutdownPolicy policy,
      AgentConfig.Heap heap,
      @Nullable OutOfMemoryWatch memory,
      AlertDispatcher dispatcher,
      CaptureCoordinator captures,
      Shipper shipper,
      EventSink sink,
      InstantSource clock,
      Runnable removeMarker,
      Runnable releaseResources) {
    this.policy = policy;
    this.heap = heap;
    this.memory = memory;
    this.dispatcher = dispatcher;
    this.captures = captures;
    this.shipper = shipper;
    this.sink = sink;
    this.clock = clock;
    this.removeMarker = removeMarker;
    this.releaseResources = releaseResources;
  }

  /** True if this JVM is ending: then the agent's threads end legitimately. */
  public static boolean hasBegun() {
    return hasBegun;
  }

  /** Begins to observe the end of the JVM. */
  public void start(@Nullable EndHook hook) {
    try {
      Runtime.getRuntime().addShutdownHook(new AgentThreads("end").newThread(this::close));
      if (hook != null) {
        hook.listen(this::onEnd, removeMarker);
      }
    } catch (IllegalStateException alreadyEnding) {
      log.debug("the JVM ends already");
    }
  }

  /** Runs on the thread that ends the JVM; returns when the JVM may end. */
  private void onEnd(Ending end) {
    hasBegun = true;
    if (!policy.hasDestination()) {
      return;
    }
    long latest = end.sinceNanos() + policy.limitNanos();
    if (endNanos.compareAndSet(0, latest == 0 ? 1 : latest)) {
      ending = end;
      request = CurrentRequest.get();
      try {
        worker.start();
      } catch (OutOfMemoryError noThread) {
        over.countDown();
      }
    } else if (end.kind() == Ending.Kind.SIGNAL) {
      over.countDown();
    }
    await();
  }

  /** An interrupted thread may end the JVM too; its interrupted status is restored. */
  private void await() {
    boolean interrupted = false;
    long left = leftNanos();
    while (left > 0) {
      try {
        if (over.await(left, TimeUnit.NANOSECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = leftNanos();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    Ending end = ending;
    try {
      if (end != null) {
        finish(end);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.warn("the last capture failed", e);
    } finally {
      over.countDown();
    }
  }

  private void finish(Ending end) throws InterruptedException {
    if (memory != null) {
      memory.flush(ALERT_FLUSH_LIMIT);
    }
    dispatcher.flush(ALERT_FLUSH_LIMIT);
    boolean byRequest = LastAlert.isByRequest(end, request);
    boolean abnormal = ShutdownPolicy.failed(end) || byRequest || (memory != null && memory.seen());
    boolean wanted = policy.wantsLast(abnormal);
    boolean reportsEnd = wanted || policy.joinsOpenAlert() && captures.alertUnsealed();
    Alert last = reportsEnd ? LastAlert.of(end, abnormal, request, clock) : null;
    if (last != null) {
      WatchReports.alerted(sink, last.id().value(), last.rule(), last.level().word(), last.title());
    }
    if (captures.slow()) {
      endNanos.addAndGet(heap.pauseLimit().toNanos());
    }
    long sealByNanos = System.nanoTime() + leftNanos() / 8 * CAPTURE_EIGHTHS;
    boolean captured = captures.end(last, wanted, includesHeap(), sealByNanos);
    if (captured) {
      captures.awaitEnd(leftNanos());
    }
    if (captured || shipper.shipsNow()) {
      shipper.drain(Duration.ofNanos(Math.max(1, leftNanos())));
    }
  }

  private long leftNanos() {
    return endNanos.get() - System.nanoTime();
  }

  private boolean includesHeap() {
    return heap.mode() == HeapMode.ALWAYS && heap.pauseLimit().toNanos() < policy.limitNanos();
  }

  /** The shutdown hook. */
  private void close() {
    try {
      Duration shipping = SIGN_OFF_LIMIT;
      if (hasBegun) {
        captures.close(Duration.ofMillis(1), Duration.ofMillis(1));
      } else {
        // The hook at the beginning of the end did not run.
        Duration limit = Duration.ofNanos(policy.limitNanos());
        captures.close(limit, limit.plus(heap.pauseLimit()));
        shipping = FINAL_SHIPPING_LIMIT;
      }
      shipper.close(shipping);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      removeMarker.run();
      releaseResources.run();
    }
  }
}
