package whorl.agent.capture.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import whorl.agent.capture.AskedProperties;
import whorl.agent.capture.Captures;
import whorl.agent.capture.RecordedOutput;
import whorl.agent.capture.jvm.ThreadDump.ThreadState;

class ThreadsSourceTest {
  private final RecordedOutput out = new RecordedOutput();
  private final ThreadsSource source = new ThreadsSource(Captures.CLOSED, Captures.CLOCK);

  @Test
  void managed_blockedThread_isShownWithTheMonitorsOwner() throws Exception {
    ThreadDump dump;
    Object monitor = new Object();
    Thread blocked = new Thread(() -> enter(monitor), "blocked \"one\"\n");
    blocked.setDaemon(true);
    synchronized (monitor) {
      blocked.start();
      await().until(() -> blocked.getState() == Thread.State.BLOCKED);

      dump = managed();
    }

    ThreadState thread = named(dump, "blocked \"one\"\n");
    assertThat(thread.state()).isEqualTo("BLOCKED");
    assertThat(thread.waitingFor().className()).isEqualTo("java.lang.Object");
    assertThat(thread.waitingFor().ownerName()).isEqualTo(Thread.currentThread().getName());
    assertThat(text(dump))
        .contains("Full thread dump ")
        .contains("\"blocked \"one\"\uFFFD\" #")
        .contains("   java.lang.Thread.State: BLOCKED\n")
        .contains("\t- waiting to lock <0x")
        .contains("\t- locked <0x");
  }

  /** A class file may have line ends in its names, which must not make a frame or a thread. */
  @Test
  void text_namesWithLineEnds_stayInTheirLines() throws Exception {
    ThreadDump.Lock lock = new ThreadDump.Lock("a.Lock\n\"fake\" #9", "1f", null, null);
    ThreadDump.Frame frame =
        new ThreadDump.Frame("evil.A.b(A.java)\n\tat com.shop.Job.run(Job.java)", List.of(lock));
    ThreadState thread =
        new ThreadState(
            1L, "main", null, false, false, 5, "RUNNABLE", null, null, null, null, List.of(frame));

    String text = text(new ThreadDump(1, "now", "a JVM", List.of(), List.of(thread)));

    assertThat(text.lines()).noneMatch(line -> line.startsWith("\tat com.shop.Job"));
    assertThat(text.lines()).noneMatch(line -> line.startsWith("\"fake\""));
  }

  @Test
  void managed_deadlock_isFound() throws Exception {
    ReentrantLock first = new ReentrantLock();
    ReentrantLock second = new ReentrantLock();
    ThreadDump dump;
    CountDownLatch bothHoldOne = new CountDownLatch(2);
    Thread one = new Thread(() -> lockBoth(first, second, bothHoldOne), "one");
    Thread two = new Thread(() -> lockBoth(second, first, bothHoldOne), "two");
    one.start();
    two.start();
    try {
      await().until(() -> first.hasQueuedThread(two) && second.hasQueuedThread(one));

      dump = managed();
    } finally {
      one.interrupt();
      two.interrupt();
    }

    assertThat(dump.deadlocked()).hasSize(2);
    assertThat(text(dump)).contains("Found one Java-level deadlock");
  }

  @Test
  void collect_packagesClosed_capturesPlainThreadsAndReportsWhatIsMissing() throws IOException {
    source.collect(Captures.context("threads"), out);

    boolean virtualThreads = Runtime.version().feature() >= 21;
    assertThat(out.missing.containsKey("virtual threads")).isEqualTo(virtualThreads);
    assertThat(out.missing).containsKey("locks of threads");
    assertThat(out.json(ThreadsSource.JSON).get("threads"))
        .anySatisfy(
            thread -> {
              assertThat(thread.get("name").asText()).isEqualTo(Thread.currentThread().getName());
              assertThat(thread.get("frames")).isNotEmpty();
            });
  }

  @Test
  void collect_propertiesOfTheApplication_areNotAsked() throws Exception {
    List<String> asked =
        AskedProperties.askedUnobserved(
            false,
            () -> {
              source.collect(Captures.context("threads"), out);
              return null;
            });

    assertThat(asked).noneMatch(name -> name.startsWith("java.vm."));
    assertThat(out.json(ThreadsSource.JSON).get("jvm").asText())
        .startsWith(System.getProperty("java.vm.name"));
  }

  /** The JDK 17 asks for it. */
  @Test
  void managed_idOfTheApplication_isCalledWhileThisThreadIsObserved() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    List<Boolean> unobserved = new CopyOnWriteArrayList<>();
    Thread own =
        new Thread("own id") {
          @Override
          public void run() {
            running.countDown();
            awaitQuietly(end);
          }

          @Override
          @SuppressWarnings("deprecation")
          public long getId() {
            unobserved.add(whorl.agent.hook.weave.ThreadState.busyNow());
            return super.getId();
          }
        };
    own.setDaemon(true);
    own.start();
    running.await();
    byte[] state = whorl.agent.hook.weave.ThreadState.current();
    whorl.agent.hook.weave.ThreadState.busy(state, true); // as a thread of the agent is
    try {
      assertThat(managed().threads()).extracting(ThreadState::name).contains("own id");
    } finally {
      whorl.agent.hook.weave.ThreadState.busy(state, false);
      end.countDown();
    }

    assertThat(unobserved).doesNotContain(true);
  }

  /** The JDK asks for it. */
  @Test
  void plainThreads_hashCodeOfTheApplication_isCalledWhileThisThreadIsObserved() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    List<Boolean> unobserved = new CopyOnWriteArrayList<>();
    Thread own =
        new Thread("own") {
          @Override
          public void run() {
            running.countDown();
            awaitQuietly(end);
          }

          @Override
          public int hashCode() {
            unobserved.add(whorl.agent.hook.weave.ThreadState.busyNow());
            return 1;
          }
        };
    own.setDaemon(true);
    own.start();
    running.await();
    byte[] state = whorl.agent.hook.weave.ThreadState.current();
    whorl.agent.hook.weave.ThreadState.busy(state, true); // as a thread of the agent is
    try {
      assertThat(PlainThreads.platform()).extracting(ThreadState::name).contains("own");
    } finally {
      whorl.agent.hook.weave.ThreadState.busy(state, false);
      end.countDown();
    }

    assertThat(unobserved).isNotEmpty().doesNotContain(true);
  }

  /** It may be the JDK's own, and a responder can do something about it. */
  @Test
  void plainThreads_memoryRunsOut_saysSo() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread own =
        new Thread("own") {
          @Override
          public void run() {
            running.countDown();
            awaitQuietly(end);
          }

          @Override
          public int hashCode() {
            if (end.getCount() > 0) {
              throw new OutOfMemoryError("Java heap space");
            }
            return 1;
          }
        };
    own.setDaemon(true);
    own.start();
    running.await();
    try {
      assertThatThrownBy(PlainThreads::platform)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no memory left");
    } finally {
      end.countDown();
    }
  }

  @Test
  void plainThreads_subclassOfTheApplication_isNotCalled() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread own =
        new Thread("own") {
          @Override
          public void run() {
            running.countDown();
            awaitQuietly(end);
          }

          @Override
          @SuppressWarnings("deprecation")
          public long getId() {
            throw new AssertionError("called the application's code");
          }

          @Override
          public State getState() {
            throw new AssertionError("called the application's code");
          }
        };
    own.setDaemon(true);
    own.start();
    running.await();

    List<ThreadState> threads = PlainThreads.platform();
    end.countDown();

    assertThat(threads)
        .filteredOn(thread -> thread.name().equals("own"))
        .singleElement()
        .satisfies(thread -> assertThat(thread.state()).isNull())
        .satisfies(thread -> assertThat(thread.frames()).isNotEmpty());
    assertThat(threads)
        .filteredOn(thread -> thread.name().equals(Thread.currentThread().getName()))
        .singleElement()
        .satisfies(thread -> assertThat(thread.state()).isEqualTo("RUNNABLE"));
  }

  private static ThreadDump managed() throws IOException {
    ManagedThreads threads = new ManagedThreads(ManagementFactory.getThreadMXBean());
    return new ThreadDump(
        ThreadDump.VERSION, "now", "JVM", threads.deadlocked(), threads.platform());
  }

  private static String text(ThreadDump dump) throws IOException {
    StringBuilder text = new StringBuilder();
    ThreadText.write(dump, text);
    return text.toString();
  }

  private static ThreadState named(ThreadDump dump, String name) {
    return dump.threads().stream()
        .filter(thread -> thread.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void enter(Object monitor) {
    synchronized (monitor) {
      assertThat(Thread.holdsLock(monitor)).isTrue();
    }
  }

  private static void lockBoth(ReentrantLock first, ReentrantLock second, CountDownLatch both) {
    try {
      first.lockInterruptibly();
      both.countDown();
      both.await();
      second.lockInterruptibly();
    } catch (InterruptedException ends) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ends) {
      Thread.currentThread().interrupt();
    }
  }
}
