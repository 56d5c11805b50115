package whorl.agent.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.ref.Reference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.probe.TestInstrumentation;

class LiveRegistrationsTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger unobserved = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private final LiveRoots roots = new LiveRoots();

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

  /** Another one, with a field whose class is not loaded yet. */
  public static final class WithField extends Thread {
    @Nullable Unloaded field;

    @Override
    public void run() {
      try {
        sleep(60_000);
      } catch (InterruptedException e) {
        interrupt();
      }
    }
  }

  static final class Unloaded {}

  /** The application's class of errors. */
  private final class Refused extends Error {
    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
      asked.addAndGet(1_000);
      return "";
    }
  }

  /** The application's loader. */
  private final class Loader extends ClassLoader {
    private final ClassLoader files = LiveRegistrationsTest.class.getClassLoader();
    private final boolean refuses;

    Loader(boolean refuses) {
      super(ClassLoader.getPlatformClassLoader());
      this.refuses = refuses;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.equals(Unloaded.class.getName())) {
        asked.incrementAndGet();
        if (ThreadState.busyNow()) {
          unobserved.incrementAndGet();
        }
        if (refuses) {
          throw new Refused();
        }
      }
      String file = name.replace('.', '/').concat(".class");
      try (InputStream in = files.getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private LiveRegistrations registrations() throws Exception {
    Instrumentation instrumentation = TestInstrumentation.get();
    return new LiveRegistrations(
        roots,
        (module, name) ->
            instrumentation.redefineModule(
                module,
                Set.of(),
                Map.of(),
                Map.of(name, Set.of(LiveRegistrations.class.getModule())),
                Set.of(),
                Map.of()));
  }

  @AfterEach
  void tearDown() {
    end.countDown();
  }

  /** It would run on a thread of the agent, which no hook observes. */
  @Test
  void walk_threadWithAHashCodeOfItsOwn_isFoundAndNotCalled() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    new Own(running).start();
    running.await();

    LiveRegistrations.Found found = registrations().walk();

    assertThat(asked).hasValue(0);
    assertThat(found.registered())
        .contains(new Registered("thread", Own.class, "own-class", Own.class.getName()));
  }

  /** The loader would do it on the same thread. */
  @Test
  void walk_threadWhoseFieldsAreOfAClassNotLoaded_isFoundAndLoadsNone() throws Exception {
    Class<?> type = new Loader(false).loadClass(WithField.class.getName());
    Thread thread = (Thread) type.getDeclaredConstructor().newInstance();
    thread.setName("own-loader");
    thread.setDaemon(true);
    thread.start();

    LiveRegistrations.Found found = registrations().walk();

    thread.interrupt();
    assertThat(found.registered())
        .contains(new Registered("thread", type, "own-loader", type.getName()));
    assertThat(asked).hasValue(0);
  }

  @Test
  void walk_serverWhoseLoaderThrowsAnError_saysThatItIsNotWholeAndWalksTheOthers()
      throws Exception {
    Class<?> type = new Loader(true).loadClass(WithField.class.getName());
    Object server = type.getDeclaredConstructor().newInstance();
    roots.note(LiveRoots.Kind.JDK_SERVER, server);
    CountDownLatch running = new CountDownLatch(1);
    new Own(running).start();
    running.await();

    LiveRegistrations.Found found = registrations().walk();

    Reference.reachabilityFence(server);
    assertThat(found.cut()).isTrue();
    assertThat(asked).hasValueLessThan(1_000);
    assertThat(found.registered())
        .contains(new Registered("thread", Own.class, "own-class", Own.class.getName()));
  }

  @Test
  void walk_loaderThatIsAskedForTheTypesOfFields_isObserved() throws Exception {
    Class<?> type = new Loader(false).loadClass(WithField.class.getName());
    Object server = type.getDeclaredConstructor().newInstance();
    roots.note(LiveRoots.Kind.JDK_SERVER, server);
    LiveRegistrations registrations = registrations();
    byte[] state = ThreadState.current();
    boolean busyAfter;
    ThreadState.busy(state, true); // as a thread of the agent is
    try {
      registrations.walk();
    } finally {
      busyAfter = ThreadState.busy(state);
      ThreadState.busy(state, false);
    }

    Reference.reachabilityFence(server);
    assertThat(asked).hasPositiveValue();
    assertThat(unobserved).hasValue(0);
    assertThat(busyAfter).isTrue();
  }
}
