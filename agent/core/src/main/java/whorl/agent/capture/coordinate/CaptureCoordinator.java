package whorl.agent.capture.coordinate;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.coordinate.AlertReporter.Verdict;
import whorl.agent.config.AgentConfig;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.ArtifactKind;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/**
 * Turns alerts and requests into captures, one at a time, on one daemon thread {@code
 * whorl-capture}. An alert joins the running or a queued capture whose recording is not taken yet.
 * Otherwise it starts a capture, unless its rule's cooldown runs or the hourly limit is reached.
 * Requests are not limited per hour; at most eight captures wait.
 */
public final class CaptureCoordinator {
  private static final Logger log = LoggerFactory.getLogger(CaptureCoordinator.class);
  private static final int WAITING_MAX = 8;

  private final AgentConfig.Capture config;
  private final Set<String> alertKinds;
  private final boolean hasDestination;
  private final CaptureProcedure procedure;
  private final AlertReporter alertReporter;
  private final CaptureReports reports;
  private final ThreadFactory threads;
  private final InstantSource clock;
  private final LongSupplier nanoClock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AlertGate gate;
  private final Deque<CaptureJob> waiting = new ArrayDeque<>();
  private final Map<String, Long> losses = new TreeMap<>();
  private final AtomicLong failed = new AtomicLong();
  private @Nullable CaptureJob running;

  /** The thread that performs captures; another one takes over if it has ended. */
  private @Nullable Thread worker;

  private boolean closing;

  /** Set before the agent itself interrupts the thread; nobody else has a reason to. */
  private volatile boolean stopped;

  /**
   * @param reports receives what this coordinator refuses; {@code procedure} reports the rest
   * @param threads makes daemon threads that no hook observes
   * @param nanoClock monotonic
   */
  public CaptureCoordinator(
      AgentConfig config,
      CaptureProcedure procedure,
      AlertReporter alertReporter,
      CaptureReports reports,
      ThreadFactory threads,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.config = config.capture();
    this.hasDestination = config.hasDestination();
    this.alertKinds =
        config.heap().mode() == AgentConfig.HeapMode.ALWAYS
            ? withHeap()
            : ArtifactKind.ALL_BUT_HEAP;
    this.procedure = procedure;
    this.alertReporter = alertReporter;
    this.reports = reports;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.gate = new AlertGate(this.config.cooldown(), this.config.maxPerHour());
    this.threads = threads;
  }

  /** Starts the capture thread; earlier alerts and requests are queued until then. */
  public void start() {
    Thread thread = threads.newThread(this::work);
    thread.setName("whorl-capture");
    thread.setDaemon(true);
    lock.lock();
    try {
      worker = thread;
    } finally {
      lock.unlock();
    }
    thread.start();
  }

  /**
   * Handles an alert. Called on any thread, also the application's: decides, passes the alert to
   * {@link AlertReporter} and returns.
   */
  public void onAlert(Alert alert) {
    if (alert.rule().equals(AgentMessage.SelfTest.RULE)) {
      raise(alert, null, null); // shows that alerts reach this point; starts no capture
      return;
    }
    CaptureJob started = null;
    CaptureJob joined;
    lock.lock();
    try {
      joined = tryJoin(alert);
      long nowNanos = nanoClock.getAsLong();
      AlertGate.Decision decision =
          joined != null
              ? gate.join(alert.rule(), nowNanos)
              : gate.enter(
                  alert.rule(),
                  alert.level(),
                  nowNanos,
                  wantsCapture(alert) && waiting.size() < WAITING_MAX && !closing);
      switch (decision) {
        case CAPTURE -> {
          started =
              CaptureJob.ofAlert(
                  Id.next(clock), alertKinds, alert, clock.instant(), config.after(), nanoClock);
          waiting.addLast(started);
          changed.signalAll();
        }
        case FLOOD -> {
          losses.merge("alerts.repeated", 1L, Long::sum);
          return;
        }
        case REPORT -> {}
      }
    } finally {
      lock.unlock();
    }
    raise(alert, started, joined);
  }

  /**
   * A low or informational alert does not justify disturbing the application, nor does a capture
   * that goes nowhere.
   */
  private boolean wantsCapture(Alert alert) {
    return hasDestination && alert.level().compareTo(Level.MEDIUM) >= 0;
  }

  /**
   * Handles a request for a capture. Called on any thread; a repeated request is performed once.
   */
  public void onRequest(StartCapture request) {
    if (!reports.claim(request.capture())) {
      return;
    }
    Set<String> kinds =
        request.artifacts().isEmpty() ? ArtifactKind.ALL_BUT_HEAP : Set.copyOf(request.artifacts());
    String refusal;
    lock.lock();
    try {
      if (closing) {
        refusal = "the JVM ends";
      } else if (waiting.size() >= WAITING_MAX) {
        refusal = WAITING_MAX + " captures wait already; ask again when they are done";
      } else {
        waiting.addLast(
            CaptureJob.ofRequest(request, kinds, clock.instant(), config.after(), nanoClock));
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    reports.changed(
        new CaptureProgress(request.capture(), null, CaptureState.FAILED, 0, 0, refusal));
  }

  /** Returns what was dropped so far, by counter name. */
  public Map<String, Long> losses() {
    lock.lock();
    try {
      Map<String, Long> counts = new TreeMap<>(losses);
      if (failed.get() > 0) {
        counts.put("captures.failed", failed.get());
      }
      return counts;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends all captures when the JVM ends: they take their recordings now instead of waiting for the
   * aftermath, and must be sealed within a limit.
   *
   * @param limit for most captures
   * @param limitOfSlow if a running or queued capture includes a heap snapshot or must work with
   *     little memory
   * @return true if all of them ended
   */
  public boolean close(Duration limit, Duration limitOfSlow) throws InterruptedException {
    boolean slow;
    lock.lock();
    try {
      closing = true;
      slow =
          (running != null && running.isSlow(ArtifactKind.HEAP))
              || waiting.stream().anyMatch(job -> job.isSlow(ArtifactKind.HEAP));
      if (running != null) {
        running.hurry();
      }
      waiting.forEach(CaptureJob::hurry);
      changed.signalAll();
      startAgainIfEnded();
    } finally {
      lock.unlock();
    }
    boolean ended = awaitEnd((slow ? limitOfSlow : limit).toNanos());
    stop();
    return ended;
  }

  /** While the JVM ends, nobody else does it. The caller holds the lock. */
  private void startAgainIfEnded() {
    if (!waiting.isEmpty() && worker != null && !worker.isAlive()) {
      try {
        start();
      } catch (OutOfMemoryError noThread) {
        log.warn("no thread can perform the last captures: {}", noThread.toString());
      }
    }
  }

  private void stop() {
    stopped = true;
    lock.lock();
    try {
      if (worker != null) {
        worker.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Prepares for the end of the JVM while JFR still works: no other capture begins, and those that
   * run or wait must be sealed in time.
   *
   * @param last the alert about the end, which joins a capture or, with {@code alone}, gets a
   *     capture of its own; null for none
   * @param alone true to start a capture for {@code last} if it joins none
   * @param withHeap true to include the heap in that capture if alerts include it
   * @param sealByNanos by the clock of this coordinator
   * @return true if there is anything to wait for
   */
  public boolean end(@Nullable Alert last, boolean alone, boolean withHeap, long sealByNanos) {
    CaptureJob started = null;
    CaptureJob joined;
    lock.lock();
    try {
      if (closing) {
        return running != null || !waiting.isEmpty();
      }
      joined = last == null ? null : tryJoin(last);
      if (last != null && joined == null && alone) {
        started =
            CaptureJob.ofAlert(
                Id.next(clock),
                withHeap ? alertKinds : ArtifactKind.ALL_BUT_HEAP,
                last,
                clock.instant(),
                Duration.ZERO,
                nanoClock);
        waiting.addLast(started);
      }
      closing = true;
      if (running != null) {
        running.hurry(sealByNanos);
      }
      waiting.forEach(job -> job.hurry(sealByNanos));
      changed.signalAll();
      if (running == null && waiting.isEmpty()) {
        return false;
      }
      startAgainIfEnded();
    } finally {
      lock.unlock();
    }
    if (last != null && (joined != null || started != null)) {
      raise(last, started, joined);
    }
    return true;
  }

  /** True if a capture for an alert runs or waits. */
  public boolean alertUnsealed() {
    lock.lock();
    try {
      return (running != null && running.isAlert())
          || waiting.stream().anyMatch(CaptureJob::isAlert);
    } finally {
      lock.unlock();
    }
  }

  /**
   * True if a running or queued capture includes a heap snapshot or must work with little memory.
   */
  public boolean slow() {
    lock.lock();
    try {
      return (running != null && running.isSlow(ArtifactKind.HEAP))
          || waiting.stream().anyMatch(job -> job.isSlow(ArtifactKind.HEAP));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, after {@link #end}, until all captures have ended; returns whether they did. Not for the
   * end of the thread: another one continues its work if it ends too early. Returns at once if
   * there is none.
   */
  public boolean awaitEnd(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (running != null || !waiting.isEmpty()) {
        if (left <= 0 || worker == null || !worker.isAlive()) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the capture that the alert joined; null if none. */
  private @Nullable CaptureJob tryJoin(Alert alert) {
    if (running != null && running.join(alert, alertKinds)) {
      return running;
    }
    for (CaptureJob job : waiting) {
      if (job.join(alert, alertKinds)) {
        return job;
      }
    }
    return null;
  }

  private void raise(Alert alert, @Nullable CaptureJob started, @Nullable CaptureJob joined) {
    CompletableFuture<Verdict> answer = started == null ? null : started.verdict();
    try {
      CompletionStage<Verdict> reported =
          joined != null
              ? alertReporter.joined(alert, joined.capture())
              : alertReporter.raise(alert, started == null ? null : started.capture());
      if (answer != null) {
        reported.whenComplete(
            (verdict, failure) -> answer.complete(verdict == null ? Verdict.FULL : verdict));
      }
    } catch (RuntimeException e) {
      log.warn("alert {} could not be reported: {}", alert.id(), e.toString());
      if (answer != null) {
        answer.complete(Verdict.FULL);
      }
    }
  }

  private void work() {
    if (!isWorker(Thread.currentThread())) {
      return;
    }
    while (true) {
      try {
        CaptureJob job = next();
        if (job == null) {
          return;
        }
        runSafely(job);
      } catch (InterruptedException interrupted) {
        if (stopped) {
          log.debug("captures were stopped");
          return;
        }
      }
    }
  }

  /** False if another thread does this work already. */
  private boolean isWorker(Thread thread) {
    lock.lock();
    try {
      if (worker != thread && worker != null && worker.isAlive()) {
        return false;
      }
      worker = thread;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The thread continues, whatever happens to the capture. */
  private void runSafely(CaptureJob job) throws InterruptedException {
    try {
      perform(job);
    } catch (RuntimeException | Error e) {
      // There was no memory even for a log line.
      failed.incrementAndGet();
    }
  }

  private void perform(CaptureJob job) throws InterruptedException {
    boolean full = true;
    boolean again = false;
    try {
      full = procedure.perform(job);
    } catch (InterruptedException interrupted) {
      again = !stopped && job.mayBePerformedAgain();
      if (!again) {
        reports.changed(unsealed(job));
        throw interrupted;
      }
    } catch (RuntimeException | Error e) {
      // The thread must survive failures of reporting a failure.
      log.warn("capture {} failed: {}", job.capture(), e.toString());
    } finally {
      lock.lock();
      try {
        running = null;
        if (!full) {
          gate.uncount(job.rule());
        }
        if (again) {
          waiting.addFirst(job);
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private CaptureProgress unsealed(CaptureJob job) {
    String reason =
        stopped
            ? "the JVM ended before it was sealed"
            : "its thread was interrupted again and again before it was sealed";
    return new CaptureProgress(job.capture(), null, CaptureState.FAILED, 0, 0, reason);
  }

  /** Returns the next capture; null if there is none and the JVM ends. */
  private @Nullable CaptureJob next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !closing) {
        changed.await();
      }
      running = waiting.pollFirst();
      return running;
    } finally {
      lock.unlock();
    }
  }

  private static Set<String> withHeap() {
    Set<String> kinds = new HashSet<>(ArtifactKind.ALL_BUT_HEAP);
    kinds.add(ArtifactKind.HEAP);
    return Set.copyOf(kinds);
  }
}
