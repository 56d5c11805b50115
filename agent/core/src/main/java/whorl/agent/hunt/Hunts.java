package whorl.agent.hunt;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntState;

/**
 * Answers the collector's hunts, one at a time, on the thread {@code whorl-hunt}, which ends when
 * there was none for a while. A few hunts wait; further ones are refused. Nothing here runs on a
 * thread of the application, or takes a lock that one takes.
 */
public final class Hunts {
  private static final Logger LOG = LoggerFactory.getLogger(Hunts.class);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Hunts that wait for the one that runs. */
  static final int WAITING_MAX = 4;

  private final List<HuntKind> kinds;
  private final Consumer<HuntAnswer> answers;
  private final ThreadFactory threads;
  private final HuntLimits limits;
  private final LongSupplier nanos;
  private final LongSupplier processorNanos;
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** Guarded by this, as are the following fields. */
  private final Deque<CollectorMessage.Hunt> waiting = new ArrayDeque<>();

  private @Nullable Thread worker;
  private @Nullable HuntWork running;

  /**
   * @param kinds the kinds of questions that this JVM answers
   * @param answers receives each answer, on any thread
   * @param threads makes the thread
   */
  public Hunts(List<HuntKind> kinds, Consumer<HuntAnswer> answers, ThreadFactory threads) {
    this(kinds, answers, threads, HuntLimits.DEFAULT, System::nanoTime, new ProcessorTime());
  }

  Hunts(
      List<HuntKind> kinds,
      Consumer<HuntAnswer> answers,
      ThreadFactory threads,
      HuntLimits limits,
      LongSupplier nanos,
      LongSupplier processorNanos) {
    this.kinds = List.copyOf(kinds);
    this.answers = answers;
    this.threads = threads;
    this.limits = limits;
    this.nanos = nanos;
    this.processorNanos = processorNanos;
  }

  /** The names of the kinds that are answered, for the agent's capabilities. */
  public List<String> names() {
    return kinds.stream().map(HuntKind::name).sorted().toList();
  }

  /** Number of hunts that were refused or failed, by counter name. */
  public Map<String, Long> losses() {
    return Map.of("hunts.refused", refused.get(), "hunts.failed", failed.get());
  }

  /** Queues a hunt. Called on the network thread; never waits. */
  public void ask(CollectorMessage.Hunt hunt) {
    String why = offer(hunt);
    if (why != null) {
      refused.incrementAndGet();
      answers.accept(HuntAnswer.without(hunt.hunt(), HuntState.REFUSED, why));
    }
  }

  /** Returns why the hunt is refused; null if it is not. */
  private synchronized @Nullable String offer(CollectorMessage.Hunt hunt) {
    if (isKnown(hunt.hunt())) {
      return null; // asked again, after a new connection
    }
    if (waiting.size() >= WAITING_MAX) {
      return WAITING_MAX + " hunts wait already";
    }
    waiting.add(hunt);
    if (worker != null) {
      notifyAll();
      return null;
    }
    try {
      Thread thread = threads.newThread(this::work);
      worker = thread;
      thread.start();
      return null;
    } catch (OutOfMemoryError e) { // the JVM can make no thread now
      worker = null;
      waiting.clear();
      return "no thread could be started";
    }
  }

  private boolean isKnown(Id hunt) {
    return (running != null && running.id().equals(hunt))
        || waiting.stream().anyMatch(each -> each.hunt().equals(hunt));
  }

  /** Nobody waits for the answer any more. Called on the network thread. */
  public synchronized void end(Id hunt) {
    for (Iterator<CollectorMessage.Hunt> each = waiting.iterator(); each.hasNext(); ) {
      if (each.next().hunt().equals(hunt)) {
        each.remove();
      }
    }
    HuntWork now = running;
    if (now != null && now.id().equals(hunt)) {
      now.cancel();
      if (worker != null) {
        worker.interrupt(); // a walk through registrations looks at that
      }
    }
  }

  private void work() {
    try {
      for (CollectorMessage.Hunt hunt = next(); hunt != null; hunt = next()) {
        HuntWork work = new HuntWork(hunt, limits, nanos, processorNanos);
        begin(work);
        HuntAnswer answer = answer(hunt, work);
        end(work);
        if (!work.isCancelled()) {
          answers.accept(answer);
        }
      }
    } finally {
      ended();
    }
  }

  /** The next hunt; null after a while without one. */
  private synchronized CollectorMessage.@Nullable Hunt next() {
    long endNanos = System.nanoTime() + IDLE_NANOS;
    while (waiting.isEmpty()) {
      long left = endNanos - System.nanoTime();
      if (left <= 0) {
        worker = null;
        return null;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        // It was meant for a hunt that has ended meanwhile.
        LOG.trace("woken by the end of an earlier hunt");
      }
    }
    return waiting.remove();
  }

  private synchronized void begin(HuntWork work) {
    running = work;
  }

  private synchronized void end(HuntWork work) {
    if (running == work) {
      running = null;
    }
    boolean unused = Thread.interrupted();
  }

  /** If the thread ends by an error, a later hunt starts another one. */
  private synchronized void ended() {
    if (worker == Thread.currentThread()) {
      running = null;
      worker = null;
      waiting.clear();
    }
  }

  private HuntAnswer answer(CollectorMessage.Hunt hunt, HuntWork work) {
    String kind = hunt.question().kind();
    try {
      for (HuntKind each : new ArrayList<>(kinds)) {
        if (each.name().equals(kind)) {
          each.look(hunt.question(), work);
          return work.answer();
        }
      }
      refused.incrementAndGet();
      return HuntAnswer.without(
          hunt.hunt(), HuntState.REFUSED, "this agent cannot answer questions about a " + kind);
    } catch (HuntRefusedException e) {
      refused.incrementAndGet();
      return HuntAnswer.without(
          hunt.hunt(), HuntState.REFUSED, Cut.text(String.valueOf(e.getMessage())));
    } catch (IOException | RuntimeException | LinkageError | VirtualMachineError e) {
      failed.incrementAndGet();
      LOG.warn("the hunt {} failed", hunt.hunt(), e);
      return HuntAnswer.without(
          hunt.hunt(), HuntState.FAILED, Cut.text("it failed with " + e.getClass().getName()));
    }
  }
}
