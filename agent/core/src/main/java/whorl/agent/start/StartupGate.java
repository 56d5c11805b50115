package whorl.agent.start;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.EventConsumer;
import whorl.agent.exit.ShutdownPolicy;
import whorl.agent.hook.end.Ending;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/**
 * Delays everything but the hooks and the event rings while the application starts, because it
 * needs all processors then. The gate opens when the application is idle, has answered its first
 * request, uses half of the heap, or does something that cannot wait. All events until then are
 * passed to the rules afterwards.
 */
public final class StartupGate implements EventConsumer, Predicate<Ending> {
  /** Below this heap size the application may leave no room for the agent, so it starts at once. */
  private static final long SMALL_HEAP_BYTES = 224L << 20;

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Processors that an idle application uses at most. */
  private static final double IDLE_PROCESSORS = 0.1;

  /** Fraction of all processors; an application that uses less does not notice more work. */
  private static final double QUIET_FRACTION = 0.5;

  /** By then the compilers have caught up with the first traffic, even on two processors. */
  private static final Duration QUIET_MAX = Duration.ofSeconds(20);

  /** If the JVM still lives this long after it began to end, something is holding it back. */
  private static final Duration END = Duration.ofSeconds(10);

  private final long startNanos = System.nanoTime();
  private final long maxDelayNanos;
  private final long quietMaxNanos;
  private final long endNanos;
  private final ShutdownPolicy policy;
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch hurried = new CountDownLatch(1);
  private volatile boolean alertMayCome;
  private volatile boolean jvmEnds;

  private final MemoryBudget budget;
  private final @Nullable LongSupplier processorNanos;

  /** When the JVM began to end without waiting for the agent; 0 while it has not. */
  private volatile long endedWithoutAgentNanos;

  /**
   * @param maxDelay the longest delay; zero for none
   * @param policy what the end of the JVM may wait for
   */
  public StartupGate(Duration maxDelay, ShutdownPolicy policy, MemoryBudget budget) {
    this(maxDelay, policy, budget, QUIET_MAX, END, null);
  }

  /**
   * @param quietMax how long a quiet moment is waited for at most
   * @param end how long a JVM that ends without the agent is not delayed
   * @param processorNanos the processor time of the application so far; null for that of this JVM
   */
  StartupGate(
      Duration maxDelay,
      ShutdownPolicy policy,
      MemoryBudget budget,
      Duration quietMax,
      Duration end,
      @Nullable LongSupplier processorNanos) {
    this.processorNanos = processorNanos;
    this.policy = policy;
    this.quietMaxNanos = quietMax.toNanos();
    this.endNanos = end.toNanos();
    this.budget = budget;
    maxDelayNanos = budget.heapBytes() < SMALL_HEAP_BYTES ? 0 : maxDelay.toNanos();
  }

  /** Returns when the agent may continue; blocks the calling thread. */
  public void await() throws InterruptedException {
    if (budget.dormant()) {
      awaitAttackAndMemory();
      return;
    }
    waitUntil(over, startNanos + maxDelayNanos, IDLE_PROCESSORS);
    yieldToEnd();
  }

  /**
   * Returns when the most expensive start may begin, which pauses the application and causes much
   * of its code to be compiled again: when half of the processors are free, after {@link #hurry},
   * or after twenty seconds at the latest.
   */
  public void awaitQuiet() throws InterruptedException {
    awaitQuiet(QUIET_FRACTION * Runtime.getRuntime().availableProcessors());
  }

  /**
   * As {@link #awaitQuiet()}.
   *
   * @param processors that the application uses at most in a quiet moment
   */
  public void awaitQuiet(double processors) throws InterruptedException {
    waitUntil(hurried, System.nanoTime() + Math.min(maxDelayNanos, quietMaxNanos), processors);
    yieldToEnd();
  }

  /** Call this when something happened that needs the recording at once. */
  public void hurry() {
    hurried.countDown();
  }

  /**
   * Waits until the latch opens, the time is up, processor use is low enough, or memory runs short.
   */
  private void waitUntil(CountDownLatch latch, long untilNanos, double processors)
      throws InterruptedException {
    ProcessorUse use = new ProcessorUse(processorNanos);
    for (long left = untilNanos - System.nanoTime();
        left > 0 && !latch.await(Math.min(POLL_NANOS, left), TimeUnit.NANOSECONDS);
        left = untilNanos - System.nanoTime()) {
      if (use.sinceLast() < processors || memoryRunsShort()) {
        return;
      }
    }
  }

  /**
   * Pauses if the JVM ends without waiting for the agent: any further work would only delay the
   * end. If the JVM lives on, the agent continues too.
   */
  public void yieldToEnd() {
    long since = endedWithoutAgentNanos;
    if (since != 0) {
      for (long left = endNanos;
          left > 0 && !Thread.currentThread().isInterrupted();
          left = since + endNanos - System.nanoTime()) {
        LockSupport.parkNanos(this, left);
      }
      endedWithoutAgentNanos = 0;
    }
  }

  /**
   * Waits without a limit. Used memory includes garbage, so free memory shows after a collection.
   */
  private void awaitAttackAndMemory() throws InterruptedException {
    over.await();
    while (usedBytes() + budget.wakingBytes() > budget.heapBytes()) {
      TimeUnit.NANOSECONDS.sleep(POLL_NANOS);
    }
  }

  @Override
  public void accept(AgentEvent event) {
    if (alertMayCome(event.type())) {
      alertMayCome = true;
      over.countDown();
      hurry();
    } else if (event.type() == EventType.HTTP_REQUEST && !budget.dormant()) {
      over.countDown();
    }
  }

  /**
   * Called when the JVM ends before the agent is ready; returns true if it should wait for the
   * agent. Takes no time and no lock.
   */
  @Override
  public boolean test(Ending ending) {
    boolean wanted =
        policy.wantsLast(ShutdownPolicy.failed(ending))
            || (alertMayCome && policy.waitsForAlerts());
    if (wanted && !budget.dormant()) {
      jvmEnds = true;
      over.countDown();
      hurry();
      return true;
    }
    if (!jvmEnds) {
      endedWithoutAgentNanos = System.nanoTime() | 1;
    }
    return false;
  }

  /** True if the gate opened because the JVM ends: then nothing slow is started. */
  public boolean jvmEnds() {
    return jvmEnds;
  }

  /** True if half of the heap is in use: later there may be no memory for the agent's start. */
  private boolean memoryRunsShort() {
    return usedBytes() > budget.heapBytes() / 2;
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /**
   * True for events that need the recording and the rules at once. No {@code switch}: it would need
   * a class of its own, which an application thread would load.
   */
  private static boolean alertMayCome(EventType type) {
    return type == EventType.PROCESS_START
        || type == EventType.JNDI_ANSWER
        || type == EventType.AGENT_LOAD
        || type == EventType.TAMPER;
  }
}
