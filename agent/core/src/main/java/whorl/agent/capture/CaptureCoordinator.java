package whorl.agent.capture;

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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.AlertReporter.Verdict;
import whorl.agent.config.AgentConfig;
import whorl.evidence.AgentMessage;
import whorl.evidence.AgentMessage.CaptureProgress;
import whorl.evidence.Alert;
import whorl.evidence.CaptureState;
import whorl.evidence.CollectorMessage.StartCapture;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Turns alerts and requests into captures, one at a time, on one daemon thread {@code
 * whorl-capture}. An alert joins the capture that runs or waits, as long as its recording is not
 * taken yet; else its rule must not be resting and the hour's captures not be used up. Requests are
 * never capped; no more than eight captures wait.
 */
public final class CaptureCoordinator {
  private static final Logger log = LoggerFactory.getLogger(CaptureCoordinator.class);
  private static final int WAITING_MAX = 8;
  private static final Set<String> ALL_BUT_HEAP =
      Set.of(
          "recording", "threads", "classes", "process", "network", "files", "console", "histogram");
  private static final String HEAP = "heap";

  private final AgentConfig.Capture config;
  private final Set<String> alertKinds;
  private final boolean evidenceGoesSomewhere;
  private final CaptureProcedure procedure;
  private final AlertReporter alertReporter;
  private final CaptureReports reports;
  private final Thread thread;
  private final InstantSource clock;
  private final LongSupplier nanoClock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AlertGate gate;
  private final Deque<CaptureJob> waiting = new ArrayDeque<>();
  private final Map<String, Long> losses = new TreeMap<>();
  private final AtomicLong failed = new AtomicLong();
  private @Nullable CaptureJob running;
  private boolean closing;

  /**
   * @param reports told of what this coordinator refuses; {@code procedure} tells it the rest
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
    this.evidenceGoesSomewhere = config.evidenceGoesSomewhere();
    this.alertKinds =
        config.heap().mode() == AgentConfig.HeapMode.ALWAYS ? withHeap() : ALL_BUT_HEAP;
    this.procedure = procedure;
    this.alertReporter = alertReporter;
    this.reports = reports;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.gate = new AlertGate(this.config.cooldown(), this.config.maxPerHour());
    this.thread = threads.newThread(this::work);
    thread.setName("whorl-capture");
    thread.setDaemon(true);
  }

  /** Starts the capture thread; what came before waits for it. */
  public void start() {
    thread.start();
  }

  /**
   * A rule fired. Called on any thread, the application's too: decides, hands the alert over to
   * {@link AlertReporter} and returns.
   */
  public void onAlert(Alert alert) {
    if (alert.rule().equals(AgentMessage.SelfTest.RULE)) {
      raise(alert, null, null); // it shows that alerts pass here, and starts nothing
      return;
    }
    CaptureJob started = null;
    CaptureJob joined;
    lock.lock();
    try {
      joined = joins(alert);
      long nowNanos = nanoClock.getAsLong();
      AlertGate.Decision decision =
          joined != null
              ? gate.join(alert.rule(), nowNanos)
              : gate.enter(
                  alert.rule(),
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
   * What Sigma calls low or informational is worth knowing, and no reason to disturb the
   * application; and a capture that nobody ever gets disturbs it for nothing.
   */
  private boolean wantsCapture(Alert alert) {
    return evidenceGoesSomewhere && alert.level().compareTo(Level.MEDIUM) >= 0;
  }

  /** Somebody asks. Called on any thread; a request that comes twice is performed once. */
  public void onRequest(StartCapture request) {
    if (!reports.claim(request.capture())) {
      return;
    }
    Set<String> kinds =
        request.artifacts().isEmpty() ? ALL_BUT_HEAP : Set.copyOf(request.artifacts());
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

  /** What was dropped so far, by counter name. */
  public Map<String, Long> losses() {
    lock.lock();
    try {
      Map<String, Long> all = new TreeMap<>(losses);
      if (failed.get() > 0) {
        all.put("captures.failed", failed.get());
      }
      return all;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The JVM ends: captures take their recordings now instead of waiting for the aftermath, and are
   * given this long to be sealed.
   *
   * @param limit for most captures
   * @param limitOfSlow when the one that runs, or one that waits, brings a heap snapshot or has to
   *     do with the little memory that is left
   * @return whether all of them ended
   */
  public boolean close(Duration limit, Duration limitOfSlow) throws InterruptedException {
    boolean slow;
    lock.lock();
    try {
      closing = true;
      slow =
          (running != null && running.isSlow(HEAP))
              || waiting.stream().anyMatch(job -> job.isSlow(HEAP));
      if (running != null) {
        running.hurry();
      }
      waiting.forEach(CaptureJob::hurry);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.join(Math.max(1, (slow ? limitOfSlow : limit).toMillis()));
    boolean ended = !thread.isAlive();
    thread.interrupt();
    return ended;
  }

  /**
   * The JVM is about to end, and JFR still works: no other capture begins, and those that run or
   * wait are to be sealed by then.
   *
   * @param last the alert of the end, which joins one of them or, with {@code alone}, gets a
   *     capture of its own, whose {@code kinds} those are; null for none
   * @param sealByNanos by the clock of this coordinator
   * @return whether there is anything to wait for
   */
  public boolean end(@Nullable Alert last, boolean alone, boolean withHeap, long sealByNanos) {
    CaptureJob started = null;
    CaptureJob joined;
    lock.lock();
    try {
      if (closing) {
        return running != null || !waiting.isEmpty();
      }
      joined = last == null ? null : joins(last);
      if (last != null && joined == null && alone) {
        started =
            CaptureJob.ofAlert(
                Id.next(clock),
                withHeap ? alertKinds : ALL_BUT_HEAP,
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
    } finally {
      lock.unlock();
    }
    if (last != null && (joined != null || started != null)) {
      raise(last, started, joined);
    }
    return true;
  }

  /** Whether a capture for an alert runs or waits. */
  public boolean alertUnsealed() {
    lock.lock();
    try {
      return (running != null && running.isAlert())
          || waiting.stream().anyMatch(CaptureJob::isAlert);
    } finally {
      lock.unlock();
    }
  }

  /** Whether one that runs or waits brings a heap snapshot or has to do with too little memory. */
  public boolean slow() {
    lock.lock();
    try {
      return (running != null && running.isSlow(HEAP))
          || waiting.stream().anyMatch(job -> job.isSlow(HEAP));
    } finally {
      lock.unlock();
    }
  }

  /** Waits, after {@link #end}, until all captures have ended; whether they did. */
  public boolean awaitEnd(long nanos) throws InterruptedException {
    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    return !thread.isAlive();
  }

  /** The capture that the alert became part of; null when there is none. */
  private @Nullable CaptureJob joins(Alert alert) {
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
      CompletionStage<Verdict> asked =
          joined != null
              ? alertReporter.joined(alert, joined.capture())
              : alertReporter.raise(alert, started == null ? null : started.capture());
      if (answer != null) {
        asked.whenComplete(
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
    try {
      for (CaptureJob job = next(); job != null; job = next()) {
        outlive(job);
      }
    } catch (InterruptedException ends) {
      log.debug("captures end before their time");
    }
  }

  /** The thread goes on, whatever comes of the capture. */
  private void outlive(CaptureJob job) throws InterruptedException {
    try {
      perform(job);
    } catch (RuntimeException | Error e) {
      // Not even a line of the log could be made of it: there is no memory.
      failed.incrementAndGet();
    }
  }

  private void perform(CaptureJob job) throws InterruptedException {
    boolean full = true;
    try {
      full = procedure.perform(job);
    } catch (RuntimeException | Error e) {
      // The thread outlives whatever the reporting of a failure may throw.
      log.warn("capture {} failed: {}", job.capture(), e.toString());
    } finally {
      lock.lock();
      try {
        running = null;
        if (!full) {
          gate.giveBack();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** The next capture; null when there is none and the JVM ends. */
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
    Set<String> kinds = new HashSet<>(ALL_BUT_HEAP);
    kinds.add(HEAP);
    return Set.copyOf(kinds);
  }
}
