package whorl.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
final class Patience implements EventConsumer {
  /** Below this heap size the application may leave no room for the agent, so it starts at once. */
  private static final long SMALL_HEAP_BYTES = 224L << 20;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Of one processor's time, what an application at rest takes at most. */
  private static final int REST_DIVISOR = 10;

  /** A JVM that ends in good order before is not worth its own delay. */
  private static final long TRIFLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long startNanos = System.nanoTime();
  private final long longestNanos;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean jvmEnds;

  private final MemoryBudget budget;

  /**
   * @param longest zero for no patience at all
   */
  Patience(Duration longest, MemoryBudget budget) {
    this.budget = budget;
    longestNanos = budget.heapBytes() < SMALL_HEAP_BYTES ? 0 : longest.toNanos();
  }

  /** Returns when the agent may go on; on the thread that does. */
  void await() throws InterruptedException {
    if (budget.dormant()) {
      awaitAttackAndRoom();
      return;
    }
    long beforeNanos = System.nanoTime();
    long usedBefore = processorNanos();
    while (leftNanos() > 0
        && !over.await(Math.min(LOOK_NANOS, leftNanos()), TimeUnit.NANOSECONDS)) {
      long nowNanos = System.nanoTime();
      long used = processorNanos();
      if (used - usedBefore < (nowNanos - beforeNanos) / REST_DIVISOR || memoryGoes()) {
        return;
      }
      beforeNanos = nowNanos;
      usedBefore = used;
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
    EventType type = event.type();
    if (cannotWait(type) && !(budget.dormant() && type == EventType.HTTP_REQUEST)) {
      over.countDown();
    }
  }

  /** The JVM ends before the agent went on: whether it is worth to wait for that. */
  boolean endsEarly(Ending ending) {
    if (budget.dormant()) {
      return false;
    }
    boolean failed =
        ending.uncaught() != null || (ending.kind() == Ending.Kind.EXIT && ending.status() != 0);
    if (!failed && System.nanoTime() - startNanos < TRIFLE_NANOS) {
      return false;
    }
    jvmEnds = true;
    over.countDown();
    return true;
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

  private long leftNanos() {
    return longestNanos - (System.nanoTime() - startNanos);
  }

  /** Of one of these all is wanted at once, the recording too; an answered request is the rest. */
  private static boolean cannotWait(EventType type) {
    return switch (type) {
      case PROCESS_START, JNDI_ANSWER, AGENT_LOAD, TAMPER, HTTP_REQUEST -> true;
      default -> false;
    };
  }

  /** Of all threads of this JVM; 0 where the system does not tell. */
  private static long processorNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
