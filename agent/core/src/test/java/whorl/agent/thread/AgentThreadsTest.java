package whorl.agent.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.hook.weave.ThreadState;

class AgentThreadsTest {
  private final AgentThreads.Own own = new AgentThreads.Own();

  @Test
  void thread_revealsNoAgentObject() {
    Thread thread = new AgentThreads("test").newThread(() -> {});

    assertThat(thread.getClass()).isEqualTo(Thread.class);
    assertThat(thread.getContextClassLoader()).isEqualTo(ClassLoader.getPlatformClassLoader());
    assertThat(thread.getUncaughtExceptionHandler()).isSameAs(thread.getThreadGroup());
  }

  @Test
  void threadIsOwn_byIdentityAndNotByName() {
    Thread thread = new AgentThreads("test").newThread(() -> {});
    thread.setName("renamed");

    assertThat(own.test(thread)).isTrue();
    assertThat(own.test(new Thread(() -> {}, "whorl-test"))).isFalse();
  }

  @Test
  void work_isNotObserved() throws InterruptedException {
    AtomicBoolean busy = new AtomicBoolean();
    Thread thread =
        new AgentThreads("test").newThread(() -> busy.set(ThreadState.busy(ThreadState.current())));

    thread.start();
    thread.join();

    assertThat(busy).isTrue();
  }

  @Test
  void endingThread_runsTheLastAction_unobservedAndEvenIfItFails() throws InterruptedException {
    AtomicReference<String> last = new AtomicReference<>();
    AgentThreads.lastAction(
        () -> {
          if (Thread.currentThread().getName().equals("whorl-last")) {
            last.set("observed: " + !ThreadState.busy(ThreadState.current()));
            throw new IllegalStateException("for a test");
          }
        });
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> seen.set(failure));
    try {
      Thread thread =
          new AgentThreads("last")
              .newThread(
                  () -> {
                    throw new IllegalStateException("for a test");
                  });
      thread.start();
      thread.join();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
      AgentThreads.lastAction(() -> {});
    }

    assertThat(last).hasValue("observed: false");
    assertThat(seen).hasNullValue();
  }

  @Test
  void workThatThrows_reachesNoHandlerOfTheApplication() throws InterruptedException {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> seen.set(failure));
    try {
      Thread thread =
          new AgentThreads("test")
              .newThread(
                  () -> {
                    throw new IllegalStateException("for a test");
                  });
      thread.start();
      thread.join();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }

    assertThat(seen).hasNullValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"upkeep", "registrations", "alert", "journal", "memory", "threshold"})
  void endOfALastingThread_isRecordedEvenIfRenamed(String role) {
    CountDownLatch go = new CountDownLatch(1);
    Thread thread =
        new AgentThreads(role)
            .newThread(
                () -> {
                  try {
                    go.await();
                  } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                  }
                });
    thread.start();
    thread.setName("renamed");
    thread.interrupt();

    AtomicReference<AgentThreads.Ended> ended = new AtomicReference<>();
    await()
        .until(
            () -> {
              ended.set(AgentThreads.nextEnded());
              return ended.get() != null;
            });
    assertThat(ended.get().name()).isEqualTo("whorl-" + role);
    assertThat(ended.get().noMemory()).isFalse();
  }

  @Test
  void endForLackOfMemory_isRecorded_andKeptUntilAThreadCouldBeStarted()
      throws InterruptedException {
    Runnable work =
        () -> {
          throw new OutOfMemoryError("for a test");
        };
    Thread thread = new AgentThreads("journal").newThread(work);
    thread.start();
    thread.join();

    AgentThreads.Ended ended = AgentThreads.nextEnded();
    assertThat(ended).isNotNull();
    assertThat(ended.noMemory()).isTrue();
    assertThat(ended.work()).isSameAs(work);
    assertThat(AgentThreads.nextEnded()).isNull();

    AgentThreads.keep(ended);

    assertThat(AgentThreads.nextEnded()).isSameAs(ended);
    assertThat(AgentThreads.nextEnded()).isNull();
  }
}
