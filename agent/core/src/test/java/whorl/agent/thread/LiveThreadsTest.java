package whorl.agent.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.lang.instrument.Instrumentation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.agent.probe.TestInstrumentation;

class LiveThreadsTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final Group ownGroup = new Group();
  private final Thread own = new Own();
  private LiveThreads threads;

  /** The application's class of threads. */
  private final class Own extends Thread {
    Own() {
      super(ownGroup, "own");
      setDaemon(true);
    }

    @Override
    public void run() {
      running.countDown();
      awaitQuietly(end);
    }

    @Override
    public int hashCode() {
      asked.incrementAndGet();
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      asked.incrementAndGet();
      return this == other;
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      asked.incrementAndGet();
      return super.getStackTrace();
    }
  }

  /** The application's class of groups. */
  private final class Group extends ThreadGroup {
    Group() {
      super("own");
    }

    @Override
    public int activeCount() {
      asked.incrementAndGet();
      return Integer.MAX_VALUE;
    }

    @Override
    public int enumerate(Thread[] list, boolean recurse) {
      asked.incrementAndGet();
      return 0;
    }
  }

  @BeforeEach
  void setUp() throws Exception {
    Instrumentation instrumentation = TestInstrumentation.get();
    threads =
        new LiveThreads(
            (module, name) ->
                instrumentation.redefineModule(
                    module,
                    Set.of(),
                    Map.of(),
                    Map.of(name, Set.of(LiveThreads.class.getModule())),
                    Set.of(),
                    Map.of()));
    own.start();
    running.await();
  }

  @AfterEach
  void tearDown() {
    end.countDown();
  }

  @Test
  void list_classesOfTheApplication_areNotCalled() {
    List<Thread> live = threads.list();

    assertThat(asked).hasValue(0);
    assertThat(live.stream().anyMatch(thread -> thread == own)).isTrue();
    assertThat(live.stream().anyMatch(thread -> thread == Thread.currentThread())).isTrue();
  }

  /** The JVM starts it when the first process attaches, as one did in {@link #setUp}. */
  @Test
  void list_threadThatTheJvmStarted_isThere() {
    assertThat(threads.list()).extracting(Thread::getName).contains("Attach Listener");
    assertThat(LiveThreads.ofGroups()).extracting(Thread::getName).contains("Attach Listener");
  }

  @Test
  void list_groupWhoseLockIsHeld_doesNotWait() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () -> {
              synchronized (ownGroup) {
                held.countDown();
                awaitQuietly(end);
              }
            });
    holder.setDaemon(true);
    holder.start();
    held.await();

    List<Thread> live = assertTimeoutPreemptively(Duration.ofSeconds(20), threads::list);

    assertThat(live.stream().anyMatch(thread -> thread == own)).isTrue();
  }

  @Test
  void list_moreThreadsThanTheFirstArrayOfGroupsHolds_areAllThere() throws Exception {
    Thread[] many = new Thread[300];
    for (int i = 0; i < many.length; i++) {
      many[i] = new Thread(() -> awaitQuietly(end));
      many[i].setDaemon(true);
      many[i].start();
    }

    List<Thread> live = threads.list();
    List<Thread> ofGroups = LiveThreads.ofGroups();

    assertThat(asked).hasValue(0);
    for (Thread one : many) {
      assertThat(live.stream().anyMatch(thread -> thread == one)).isTrue();
      assertThat(ofGroups.stream().anyMatch(thread -> thread == one)).isTrue();
    }
    assertThat(ofGroups.stream().anyMatch(thread -> thread == own)).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
