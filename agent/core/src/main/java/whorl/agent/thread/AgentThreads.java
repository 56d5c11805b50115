package whorl.agent.thread;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.weave.ThreadState;

/**
 * Creates the agent's threads: daemons named {@code whorl-…} that no hook observes. Their failures
 * go to the agent's log, not to the application's handler. The end of a thread that should live as
 * long as the JVM is recorded.
 *
 * <p>The public API of a thread reveals no object of the agent: the class is {@link Thread}, the
 * context class loader is the platform's, and there is no handler of its own.
 */
public final class AgentThreads implements ThreadFactory {
  public static final String SELF_TEST = "self-test";
  public static final String WATCH = "watch";
  public static final String SECOND_WATCH = "watch-2";

  private static final Set<String> LASTING =
      Set.of(
          "whorl-upkeep",
          "whorl-registrations",
          "whorl-guard",
          "whorl-alert",
          "whorl-journal",
          "whorl-memory",
          "whorl-threshold",
          "whorl-capture",
          "whorl-jdk-events",
          "whorl-rules",
          "whorl-correlation",
          "whorl-libraries",
          threadName(SELF_TEST),
          threadName(WATCH),
          threadName(SECOND_WATCH));

  /** The last lasting thread that ended, linked to the one before; guarded by the class. */
  private static @Nullable Ended lastEnded;

  /** Replaced as a whole, so that reads need no lock. */
  private static volatile List<OwnThread> own = List.of();

  private static volatile @Nullable Runnable lastAction;

  private final String name;
  private final int priority;

  public AgentThreads(String name) {
    this(name, Thread.NORM_PRIORITY);
  }

  /**
   * @param priority of the threads, which nobody else may change
   */
  public AgentThreads(String name, int priority) {
    this.name = threadName(name);
    this.priority = priority;
  }

  /** The full name of the thread with this role. */
  public static String threadName(String role) {
    return "whorl-" + role;
  }

  /**
   * The end of a thread that should have lived on. Made when the thread is, because there may be no
   * memory when it ends.
   */
  public static final class Ended {
    private final String name;
    private final Runnable work;
    private volatile boolean noMemory;

    /** Guarded by the class of the threads. */
    private @Nullable Ended before;

    private Ended(String name, Runnable work) {
      this.name = name;
      this.work = work;
    }

    public String name() {
      return name;
    }

    /** The thread's work, which a new thread can continue. */
    public Runnable work() {
      return work;
    }

    /** True if it ended for lack of memory, which is not tampering. */
    public boolean noMemory() {
      return noMemory;
    }
  }

  /**
   * A thread that is alive.
   *
   * @param name its name when it began, even if it was renamed since
   * @param priority that it was made with
   */
  public record Living(Thread thread, String name, int priority) {}

  private static final class OwnThread extends WeakReference<Thread> {
    private final int priority;
    private volatile @Nullable String name;

    OwnThread(Thread thread, int priority) {
      super(thread);
      this.priority = priority;
    }
  }

  /** Sets the last action of each agent thread, run however the thread ends. */
  public static void lastAction(Runnable last) {
    lastAction = last;
  }

  private static void runLastAction() {
    Runnable last = lastAction;
    if (last != null) {
      try {
        last.run();
      } catch (RuntimeException | Error failure) {
        // The JVM would print it into the application's output, and the thread's work is done.
        return;
      }
    }
  }

  /** Returns the next thread that ended and should not have; null if there is none. */
  public static synchronized @Nullable Ended nextEnded() {
    Ended next = lastEnded;
    if (next != null) {
      lastEnded = next.before;
      next.before = null;
    }
    return next;
  }

  /** Keeps the end of a thread: it has just ended, or no thread could be started in its place. */
  public static synchronized void keep(Ended ended) {
    ended.before = lastEnded;
    lastEnded = ended;
  }

  /** True for the agent's own threads, compared by identity: any thread can carry any name. */
  public static final class Own implements Predicate<Thread> {
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

  /** Returns the agent's threads that have not ended. */
  public static List<Living> living() {
    List<Living> living = new ArrayList<>();
    for (OwnThread reference : own) {
      Thread thread = reference.get();
      String name = reference.name;
      if (thread != null && name != null && thread.isAlive()) {
        living.add(new Living(thread, name, reference.priority));
      }
    }
    return living;
  }

  @Override
  public Thread newThread(Runnable work) {
    Unobserved run = new Unobserved(name, work);
    Thread thread = new Thread(null, run, name, 0, false);
    thread.setDaemon(true);
    thread.setPriority(priority);
    // Never the agent's loader: anyone can read a thread's context class loader.
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    run.own = new OwnThread(thread, priority);
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

  /** Creates the logger on first use, since this class is loaded on the main thread. */
  private static void log(String name, Throwable failure) {
    try {
      LoggerFactory.getLogger(AgentThreads.class).warn("{} ended with", name, failure);
    } catch (RuntimeException | Error noRoom) {
      // The JVM would print it into the application's output.
    }
  }

  /**
   * A class and no lambda: the first threads start before {@code main}. It catches everything that
   * the work throws, because anyone can get an uncaught exception handler from the thread, and it
   * would be an object of the agent.
   */
  private static final class Unobserved implements Runnable {
    private final String name;
    private final Runnable work;
    private final @Nullable Ended ended;
    private @Nullable OwnThread own;

    Unobserved(String name, Runnable work) {
      this.name = name;
      this.work = work;
      this.ended = LASTING.contains(name) ? new Ended(name, work) : null;
    }

    @Override
    public void run() {
      Ended end = ended;
      try {
        ThreadState.busy(ThreadState.current(), true);
        OwnThread self = own;
        if (self != null) {
          // The creator may have renamed the thread before starting it.
          self.name = Thread.currentThread().getName();
        }
        work.run();
      } catch (Throwable failure) { // the JVM would print it into the application's output
        if (end != null) {
          end.noMemory = failure instanceof OutOfMemoryError;
        }
        log(name, failure);
      } finally {
        if (end != null) {
          keep(end);
        }
        runLastAction();
      }
    }
  }
}
