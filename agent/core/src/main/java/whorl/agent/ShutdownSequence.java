package whorl.agent;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.CaptureCoordinator;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.AgentConfig.HeapMode;
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.event.RequestContext;
import whorl.agent.hook.end.EndHook;
import whorl.agent.hook.end.Ending;
import whorl.agent.ship.Shipper;
import whorl.evidence.Alert;

/**
 * The end of the JVM, in two steps. Before any shutdown hook runs, the thread that ends the JVM
 * waits here while running captures are sealed, a last one is taken where {@code capture.on-exit}
 * asks for it, and evidence is shipped: {@code capture.on-exit-limit} at most. Where {@link
 * ShutdownPolicy} sees nothing to wait for, it goes on at once. Then, as one shutdown hook among
 * the application's, the agent says goodbye and gives back what it holds.
 *
 * <p>The wait ends when all that is done, at the limit, or at a further signal.
 */
final class ShutdownSequence {
  private static final Logger log = LoggerFactory.getLogger(ShutdownSequence.class);

  /** Of the limit, what captures may take; the rest is for shipping. */
  private static final int CAPTURE_EIGHTHS = 5;

  private static final Duration LAST_ALERT = Duration.ofSeconds(2);
  private static final Duration LAST_SHIPPING = Duration.ofSeconds(5);
  private static final Duration GOODBYE = Duration.ofMillis(500);

  private static volatile boolean hasBegun;

  private final ShutdownPolicy policy;
  private final AgentConfig.Heap heap;
  private final @Nullable OutOfMemoryWatch memory;
  private final AlertDispatcher dispatcher;
  private final CaptureCoordinator captures;
  private final Shipper shipper;
  private final EventSink sink;
  private final InstantSource clock;
  private final Runnable mark;
  private final Runnable giveBack;

  private final CountDownLatch over = new CountDownLatch(1);

  /** Made before the end, on which thread nothing of the agent may be loaded. */
  private final Thread worker = new AgentThreads("exit").newThread(this::work);

  private volatile @Nullable Ending ending;
  private volatile @Nullable RequestContext request;

  /** When nobody waits any longer, by the monotonic clock; 0 until the end has begun. */
  private final AtomicLong endNanos = new AtomicLong();

  /**
   * @param mark takes away the mark that this JVM lives
   * @param giveBack the last thing of all: files and locks
   */
  ShutdownSequence(
      ShutdownPolicy policy,
      AgentConfig.Heap heap,
      @Nullable OutOfMemoryWatch memory,
      AlertDispatcher dispatcher,
      CaptureCoordinator captures,
      Shipper shipper,
      EventSink sink,
      InstantSource clock,
      Runnable mark,
      Runnable giveBack) {
    this.policy = policy;
    this.heap = heap;
    this.memory = memory;
    this.dispatcher = dispatcher;
    this.captures = captures;
    this.shipper = shipper;
    this.sink = sink;
    this.clock = clock;
    this.mark = mark;
    this.giveBack = giveBack;
  }

  /** Whether this JVM is about to end: then the agent's threads do, in good order. */
  static boolean hasBegun() {
    return hasBegun;
  }

  /** From now on the end is noticed. */
  void start(@Nullable EndHook hook) {
    try {
      Runtime.getRuntime().addShutdownHook(new AgentThreads("end").newThread(this::close));
      if (hook != null) {
        hook.tell(this::ends, mark);
      }
    } catch (IllegalStateException alreadyEnding) {
      log.debug("the JVM ends already");
    }
  }

  /** On the thread that ends the JVM: returns when that may go on. */
  private void ends(Ending end) {
    hasBegun = true;
    if (!policy.somewhere()) {
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

  /** An interrupted thread may end the JVM as well, and is as interrupted afterwards. */
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
      memory.settle(LAST_ALERT);
    }
    dispatcher.settle(LAST_ALERT);
    boolean byRequest = LastAlert.isByRequest(end, request);
    boolean abnormal = ShutdownPolicy.failed(end) || byRequest || (memory != null && memory.seen());
    boolean wanted = policy.wantsLast(abnormal);
    boolean told = wanted || policy.joinsOpenAlert() && captures.alertUnsealed();
    Alert last = told ? LastAlert.of(end, abnormal, request, clock) : null;
    if (last != null) {
      sink.emit(EventType.ALERT, last.id().value(), last.rule(), last.level().word(), last.title());
    }
    if (captures.slow()) {
      endNanos.addAndGet(heap.pauseLimit().toNanos());
    }
    long sealByNanos = System.nanoTime() + leftNanos() / 8 * CAPTURE_EIGHTHS;
    boolean captured = captures.end(last, wanted, heapToo(), sealByNanos);
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

  private boolean heapToo() {
    return heap.mode() == HeapMode.ALWAYS && heap.pauseLimit().toNanos() < policy.limitNanos();
  }

  /** A shutdown hook. */
  private void close() {
    try {
      Duration shipping = GOODBYE;
      if (hasBegun) {
        captures.close(Duration.ofMillis(1), Duration.ofMillis(1));
      } else {
        // The end was not noticed where it began.
        Duration limit = Duration.ofNanos(policy.limitNanos());
        captures.close(limit, limit.plus(heap.pauseLimit()));
        shipping = LAST_SHIPPING;
      }
      shipper.close(shipping);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      mark.run();
      giveBack.run();
    }
  }
}
