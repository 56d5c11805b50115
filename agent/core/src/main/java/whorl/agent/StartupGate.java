package whorl.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.EventType;
import whorl.agent.hook.end.Ending;

/**
 * How long the agent keeps to its hooks and its rings while the application starts, which wants
 * every processor for itself then: until the application has come to rest, has answered its first
 * request, takes half of the heap, or does what cannot wait. All that the hooks see meanwhile is
 * put before the rules afterwards.
 */
final class StartupGate implements EventConsumer, Predicate<Ending> {
  /** Below this heap size the application may leave no room for the agent, so it starts at once. */
  private static final long SMALL_HEAP_BYTES = 224L << 20;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Of one processor's time, what an application at rest takes at most. */
  private static final double REST = 0.1;

  /** Of all processors' time, what an application takes at most that would not feel more work. */
  private static final double QUIET = 0.5;

  /** By then the compilers have caught up with the first traffic, on two processors too. */
  private static final long QUIET_LONGEST_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** When the JVM still lives so long after it began to end, something holds its end back. */
  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final long startNanos = System.nanoTime();
  private final long longestNanos;
  private final ShutdownPolicy end;
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch hurried = new CountDownLatch(1);
  private volatile boolean alertMayCome;
  private volatile boolean jvmEnds;

  private final MemoryBudget budget;

  /** When the JVM began to end without waiting for the agent; 0 while it has not. */
  private volatile long leftAloneNanos;

  /**
   * @param longest zero for no patience at all
   * @param end what the end of the JVM may wait for
   */
  StartupGate(Duration longest, ShutdownPolicy end, MemoryBudget budget) {
    this.end = end;
    this.budget = budget;
    longestNanos = budget.heapBytes() < SMALL_HEAP_BYTES ? 0 : longest.toNanos();
  }

  /** Returns when the agent may go on; on the thread that does. */
  void await() throws InterruptedException {
    if (budget.dormant()) {
      awaitAttackAndRoom();
      return;
    }
    until(over, startNanos + longestNanos, REST);
    yieldToEnd();
  }

  /**
   * Returns when what costs the application most may begin, which stops it and has much of its code
   * compiled again: when it leaves half of the processors free, when somebody is in a {@link
   * #hurry}, and twenty seconds from now at the latest.
   */
  void awaitQuiet() throws InterruptedException {
    awaitQuiet(QUIET * Runtime.getRuntime().availableProcessors());
  }

  /**
   * As {@link #awaitQuiet()}.
   *
   * @param processors that the application takes at most in a quiet moment
   */
  void awaitQuiet(double processors) throws InterruptedException {
    until(hurried, System.nanoTime() + Math.min(longestNanos, QUIET_LONGEST_NANOS), processors);
    yieldToEnd();
  }

  /** Something has happened for which the recording is wanted at once. */
  void hurry() {
    hurried.countDown();
  }

  /** Until the latch opens, the time is up, so few processors are taken, or memory goes. */
  private void until(CountDownLatch latch, long endNanos, double processors)
      throws InterruptedException {
    ProcessorUse use = new ProcessorUse();
    for (long left = endNanos - System.nanoTime();
        left > 0 && !latch.await(Math.min(LOOK_NANOS, left), TimeUnit.NANOSECONDS);
        left = endNanos - System.nanoTime()) {
      if (use.sinceLast() < processors || memoryGoes()) {
        return;
      }
    }
  }

  /**
   * Lets the JVM end, if it does and waits for nobody: whatever the agent began now would only take
   * processor time from that. When the JVM lives on, the agent goes on as well.
   */
  void yieldToEnd() {
    long since = leftAloneNanos;
    if (since != 0) {
      for (long left = END_NANOS; left > 0; left = since + END_NANOS - System.nanoTime()) {
        LockSupport.parkNanos(this, left);
      }
      leftAloneNanos = 0;
    }
  }

  /** However long that takes; what is used includes garbage, so room shows after a collection. */
  private void awaitAttackAndRoom() throws InterruptedException {
    over.await();
    while (usedBytes() + budget.wakingBytes() > budget.heapBytes()) {
      TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
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
   * The JVM ends before the agent is ready: whether it is worth waiting for that. Takes no time and
   * no lock.
   */
  @Override
  public boolean test(Ending ending) {
    boolean wanted =
        end.wantsLast(ShutdownPolicy.failed(ending)) || (alertMayCome && end.waitsForAlerts());
    if (wanted && !budget.dormant()) {
      jvmEnds = true;
      over.countDown();
      hurry();
      return true;
    }
    if (!jvmEnds) {
      leftAloneNanos = System.nanoTime() | 1;
    }
    return false;
  }

  /**
   * Whether it is over because the JVM ends: then nothing is begun that takes long to bear fruit.
   */
  boolean jvmEnds() {
    return jvmEnds;
  }

  /** Half of the heap is in use: later there may be no room for what the agent needs to start. */
  private boolean memoryGoes() {
    return usedBytes() > budget.heapBytes() / 2;
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /**
   * After one of these the recording and the rules are wanted at once. No {@code switch}: it would
   * need a class of its own, which a thread of the application would load.
   */
  private static boolean alertMayCome(EventType type) {
    return type == EventType.PROCESS_START
        || type == EventType.JNDI_ANSWER
        || type == EventType.AGENT_LOAD
        || type == EventType.TAMPER;
  }
}
