package whorl.agent.probe;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.weave.Holder;
import whorl.agent.redact.Redactor;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;

/**
 * Runs method probes, on the thread {@code whorl-probe}, which exists only while there are any. A
 * probe ends when its time is over, when it has recorded as many calls as it may, when the
 * collector ends it or cannot be reached, and when the JVM ends; then the classes are restored.
 *
 * <p>The requests come on the network thread and only queue here.
 */
public final class Probes {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);

  private static final int QUEUED_MAX = 64;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final ProbeWork work;
  private final Consumer<ProbeReport> reports;
  private final ThreadFactory threads;
  private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(QUEUED_MAX);
  private final AtomicLong notQueued = new AtomicLong();

  /** Guarded by this. */
  private @Nullable Thread worker;

  private volatile boolean closed;

  /**
   * @param reports receives each report, on any thread
   * @param threads makes the thread
   */
  public static Probes of(
      Instrumentation instrumentation,
      Hooks hooks,
      EventSink sink,
      Redactor redactor,
      Consumer<ProbeReport> reports,
      ThreadFactory threads) {
    Holder holder = hooks.holder();
    if (holder == null) {
      throw new IllegalStateException("probes before the hooks are installed");
    }
    ProbePoints points = new ProbePoints();
    ProbeTransformer transformer = new ProbeTransformer(points);
    hooks.lateWeaving(transformer);
    ProbeWeaver weaver =
        new ProbeWeaver(
            instrumentation,
            new ProbeTargets(instrumentation, Probes.class.getClassLoader()),
            points,
            transformer,
            new ProbeObserver(points, sink, hooks.tamper()),
            holder);
    return new Probes(weaver, redactor, reports, threads, System::nanoTime);
  }

  Probes(
      ProbeWeaver weaver,
      Redactor redactor,
      Consumer<ProbeReport> reports,
      ThreadFactory threads,
      LongSupplier nanos) {
    this.work = new ProbeWork(weaver, redactor, reports, nanos);
    this.reports = reports;
    this.threads = threads;
  }

  /** Starts a probe, or refuses it. Called on the network thread; never waits. */
  public void ask(CollectorMessage.Probe probe) {
    if (!queue(() -> work.begin(probe))) {
      notQueued.incrementAndGet();
      reports.accept(
          ProbeReport.refused(
              probe.probe(), closed ? "the JVM ends" : "too many requests wait already"));
    }
  }

  /** Ends a probe; nothing happens if it has ended. */
  public void end(Id probe) {
    boolean unused = queue(() -> work.end(probe, "it was ended"));
  }

  /** Ends the probes, because without a connection nobody could end them any more. */
  public void disconnected() {
    if (isWorking()) {
      boolean unused = queue(() -> work.endAll("the channel to the collector broke"));
    }
  }

  /** The JVM ends: nothing is recorded any more. The classes end with it. */
  public void close() {
    closed = true;
    work.stopAll();
  }

  /** What was not done, by counter name. */
  public Map<String, Long> losses() {
    return Map.of(
        "probes.refused",
        notQueued.get() + work.refused(),
        "probes.notRestored",
        work.notRestored());
  }

  private synchronized boolean isWorking() {
    return worker != null;
  }

  private synchronized boolean queue(Runnable request) {
    if (closed || !queue.offer(request)) {
      return false;
    }
    if (worker == null) {
      try {
        Thread thread = threads.newThread(this::run);
        worker = thread;
        thread.start();
      } catch (OutOfMemoryError noThread) {
        worker = null;
        queue.clear();
        return false;
      }
    }
    return true;
  }

  private void run() {
    try {
      while (!isDone()) {
        Runnable request = next();
        if (request != null) {
          request.run();
        }
        work.tick();
      }
    } finally {
      ended();
    }
  }

  private @Nullable Runnable next() {
    try {
      return queue.poll(TICK_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      LOG.debug("an interruption is no reason to end");
      return null;
    }
  }

  private synchronized boolean isDone() {
    if (queue.isEmpty() && work.isIdle()) {
      worker = null;
      return true;
    }
    return false;
  }

  /** If the thread ends by an error, its probes end too. */
  private void ended() {
    synchronized (this) {
      if (worker != Thread.currentThread()) {
        return;
      }
      worker = null;
    }
    work.endAll("the agent's thread failed");
  }
}
