package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.thread.AgentThreads;

class ThreadWatchTest {
  private final List<String> reports = new ArrayList<>();
  private final ThreadWatch watch = new ThreadWatch(this::report);
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread = new AgentThreads("watched-test").newThread(this::work);

  @BeforeEach
  void start() {
    thread.setName("whorl-named-by-its-owner");
    thread.start();
    await()
        .until(
            () -> AgentThreads.living().stream().anyMatch(found -> found.thread().equals(thread)));
  }

  @AfterEach
  void end() throws InterruptedException {
    end.countDown();
    thread.join();
  }

  @Test
  void untouchedThread_isNotReported() {
    watch.check();

    assertThat(reports).isEmpty();
    assertThat(thread.getName()).isEqualTo("whorl-named-by-its-owner");
  }

  @Test
  void renamedThread_getsItsNameBackAndIsReported() {
    thread.setName("http-nio-8080-exec-1");

    watch.check();

    assertThat(thread.getName()).isEqualTo("whorl-named-by-its-owner");
    assertThat(reports)
        .containsExactly(
            "AGENT_THREAD_CHANGED whorl-named-by-its-owner: was called http-nio-8080-exec-1");
  }

  @Test
  void renamedThread_whoseLockIsHeld_holdsUpNoCheck_andIsReportedOnce() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () -> {
              synchronized (thread) {
                thread.setName("held");
                held.countDown();
                awaitRelease(release);
              }
            });
    holder.start();
    held.await();
    try {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            watch.check();
            watch.check();
          });
      assertThat(reports)
          .containsExactly("AGENT_THREAD_CHANGED whorl-named-by-its-owner: was called held");
    } finally {
      release.countDown();
      holder.join();
    }

    await().until(() -> thread.getName().equals("whorl-named-by-its-owner"));
  }

  private static void awaitRelease(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void longName_isReportedShortened() {
    thread.setName("x".repeat(100_000));

    watch.check();

    assertThat(reports).singleElement().asString().hasSizeLessThan(400).endsWith("x…");
  }

  @Test
  void changedPriority_isRestoredAndReported() {
    thread.setPriority(Thread.MIN_PRIORITY);

    watch.check();

    assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
    assertThat(reports)
        .containsExactly("AGENT_THREAD_CHANGED whorl-named-by-its-owner: had the priority 1");
  }

  /** The thread that answers hunts is such a one. */
  @Test
  void threadThatWasMadeWithALowPriority_isNotReported_andKeepsIt() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread low =
        new AgentThreads("low-test", Thread.MIN_PRIORITY)
            .newThread(
                () -> {
                  began.countDown();
                  awaitRelease(release);
                });
    low.start();
    began.await();
    try {
      watch.check();
      assertThat(reports).isEmpty();

      low.setPriority(Thread.MAX_PRIORITY);
      watch.check();
      assertThat(low.getPriority()).isEqualTo(Thread.MIN_PRIORITY);
      assertThat(reports)
          .containsExactly("AGENT_THREAD_CHANGED whorl-low-test: had the priority 10");
    } finally {
      release.countDown();
      low.join();
    }
  }

  @Test
  void endedThread_forWhichThereIsNoRoom_isStartedLater_andTheOthersAreStillChecked()
      throws InterruptedException {
    AtomicBoolean full = new AtomicBoolean(true);
    AtomicInteger runs = new AtomicInteger();
    List<Thread> made = new ArrayList<>();
    ThreadWatch watch =
        new ThreadWatch(
            this::report,
            role ->
                work -> {
                  if (full.get()) {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                  made.add(new AgentThreads(role).newThread(work));
                  return made.get(0);
                });
    Thread ended = new AgentThreads("threshold").newThread(runs::incrementAndGet);
    ended.start();
    ended.join();
    thread.setPriority(Thread.MIN_PRIORITY);

    watch.check();
    assertThat(reports)
        .containsExactly("AGENT_THREAD_CHANGED whorl-named-by-its-owner: had the priority 1");

    full.set(false);
    watch.check();
    assertThat(reports).contains("AGENT_THREAD_ENDED whorl-threshold: started again");
    made.get(0).join();
    assertThat(runs).hasValue(2);
    assertThat(AgentThreads.nextEnded()).as("it has ended again").isNotNull();
  }

  private void report(Tampering kind, String target, String detail) {
    reports.add(kind + " " + target + ": " + detail);
  }

  private void work() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
