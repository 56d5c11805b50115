package whorl.agent;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.weave.ThreadState;

/**
 * The agent's threads: daemons named {@code whorl-…} that no hook observes. What they fail with
 * goes into the agent's log instead of the application's handler. When a thread ends that is to
 * live as long as the JVM, its end is remembered.
 *
 * <p>Public API of a thread gives nothing of ours away: its class is {@link Thread}, its context
 * class loader is the platform's, and it has no handler of its own.
 */
final class AgentThreads implements ThreadFactory {
  private static final Set<String> LASTING =
      Set.of(
          "whorl-upkeep",
          "whorl-guard",
          "whorl-alert",
          "whorl-capture",
          "whorl-jdk-events",
          "whorl-rules",
          "whorl-correlation",
          "whorl-" + SelfTest.THREAD,
          TamperWatch.FIRST,
          TamperWatch.SECOND);

  private static final int ENDED_MAX = 64;
  private static final ConcurrentLinkedQueue<Ended> ENDED = new ConcurrentLinkedQueue<>();

  /** Replaced as a whole, so that it is read without a lock. */
  private static volatile List<OwnThread> own = List.of();

  private static volatile @Nullable Runnable atEnd;

  private final String name;

  AgentThreads(String name) {
    this.name = "whorl-" + name;
  }

  /**
   * A thread that was to last has ended.
   *
   * @param work what it did, which another thread may take up
   * @param noMemory whether it ended because memory ran out, which is nobody's tampering
   */
  record Ended(String name, Runnable work, boolean noMemory) {}

  /**
   * One that is alive.
   *
   * @param name that it had when it began, whatever it is called now
   */
  record Living(Thread thread, String name) {}

  private static final class OwnThread extends WeakReference<Thread> {
    private volatile @Nullable String name;

    OwnThread(Thread thread) {
      super(thread);
    }
  }

  /** What each of the agent's threads does last, whatever it ends with. */
  static void atEnd(Runnable last) {
    atEnd = last;
  }

  private static void doLast() {
    Runnable last = atEnd;
    if (last != null) {
      try {
        last.run();
      } catch (RuntimeException | Error failure) {
        // The JVM would print it, into the application's output; and the thread has done its work.
        return;
      }
    }
  }

  /** The next thread that ended and should not have; null when there is none. */
  static @Nullable Ended nextEnded() {
    return ENDED.poll();
  }

  /** Whether a thread is the agent's own, by identity: a name can be given to any thread. */
  static final class Own implements Predicate<Thread> {
    @Override
    public boolean test(Thread thread) {
      List<OwnThread> known = own;
      for (int i = 0; i < known.size(); i++) {
        if (known.get(i).refersTo(thread)) {
          return true;
        }
      }
      return false;
    }
  }

  /** The agent's threads that have not ended. */
  static List<Living> living() {
    List<Living> living = new ArrayList<>();
    for (OwnThread reference : own) {
      Thread thread = reference.get();
      String name = reference.name;
      if (thread != null && name != null && thread.isAlive()) {
        living.add(new Living(thread, name));
      }
    }
    return living;
  }

  @Override
  public Thread newThread(Runnable work) {
    Unobserved run = new Unobserved(name, work);
    Thread thread = new Thread(null, run, name, 0, false);
    thread.setDaemon(true);
    thread.setPriority(Thread.NORM_PRIORITY);
    // Never ours: a thread's context class loader is there for everybody to ask for.
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    run.own = new OwnThread(thread);
    add(run.own);
    return thread;
  }

  private static synchronized void add(OwnThread added) {
    List<OwnThread> next = new ArrayList<>(own.size() + 1);
    for (OwnThread reference : own) {
      Thread known = reference.get();
      if (known != null && known.getState() != Thread.State.TERMINATED) {
        next.add(reference);
      }
    }
    next.add(added);
    own = next;
  }

  private static void ended(String name, Runnable work, boolean noMemory) {
    if (LASTING.contains(name) && ENDED.size() < ENDED_MAX) {
      ENDED.add(new Ended(name, work, noMemory));
    }
  }

  /** The logger is made here and not before, since this class is loaded on the main thread. */
  private static void log(String name, Throwable failure) {
    try {
      LoggerFactory.getLogger(AgentThreads.class).warn("{} ended with", name, failure);
    } catch (OutOfMemoryError noRoom) {
      // The JVM would print it, into the application's output.
    }
  }

  /**
   * A class and no lambda: the first threads start before {@code main}. It catches all that the
   * work throws, because an uncaught exception handler of ours would be an object of ours that
   * anybody can get from the thread.
   */
  private static final class Unobserved implements Runnable {
    private final String name;
    private final Runnable work;
    private @Nullable OwnThread own;

    Unobserved(String name, Runnable work) {
      this.name = name;
      this.work = work;
    }

    @Override
    public void run() {
      ThreadState.busy(ThreadState.current(), true);
      OwnThread self = own;
      if (self != null) {
        // Those who ask for a thread name it before they start it.
        self.name = Thread.currentThread().getName();
      }
      boolean noMemory = false;
      try {
        work.run();
      } catch (Throwable failure) { // the JVM would print it, into the application's output
        noMemory = failure instanceof OutOfMemoryError;
        log(name, failure);
      } finally {
        ended(name, work, noMemory);
        doLast();
      }
    }
  }
}
