package whorl.agent.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.probe.TestInstrumentation;

class LiveRegistrationsTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  /** The application's class of threads. */
  private final class Own extends Thread {
    private final CountDownLatch running;

    Own(CountDownLatch running) {
      super("own-class");
      this.running = running;
      setDaemon(true);
    }

    @Override
    public void run() {
      running.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        interrupt();
      }
    }

    @Override
    public int hashCode() {
      asked.incrementAndGet();
      return 1;
    }
  }

  @AfterEach
  void tearDown() {
    end.countDown();
  }

  /** It would run on a thread of the agent, which no hook observes. */
  @Test
  void walk_threadWithAHashCodeOfItsOwn_isFoundAndNotCalled() throws Exception {
    Instrumentation instrumentation = TestInstrumentation.get();
    LiveRegistrations registrations =
        new LiveRegistrations(
            new LiveRoots(),
            (module, name) ->
                instrumentation.redefineModule(
                    module,
                    Set.of(),
                    Map.of(),
                    Map.of(name, Set.of(LiveRegistrations.class.getModule())),
                    Set.of(),
                    Map.of()));
    CountDownLatch running = new CountDownLatch(1);
    new Own(running).start();
    running.await();

    LiveRegistrations.Found found = registrations.walk();

    assertThat(asked).hasValue(0);
    assertThat(found.registered())
        .contains(new Registered("thread", Own.class, "own-class", Own.class.getName()));
  }
}
