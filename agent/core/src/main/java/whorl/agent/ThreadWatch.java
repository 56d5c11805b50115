package whorl.agent;

import java.lang.reflect.Method;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.thread.AgentThreads;

/**
 * Watches the agent's threads: restarts those that ended, resumes those that were suspended, and
 * restores priorities and names. Both watch threads do it.
 */
final class ThreadWatch {
  private static final int PREFIX_CHARS = "whorl-".length();
  private static final int LAST_WITH_SUSPEND = 19;
  private static final int NAME_MAX_CHARS = 256;
  private static final long RENAME_MILLIS = 200;

  private final ActiveRules.Report report;
  private final Function<String, ThreadFactory> threads;
  private final @Nullable Method resume;
  private volatile CountDownLatch renaming = new CountDownLatch(0);

  ThreadWatch(ActiveRules.Report report) {
    this(report, AgentThreads::new);
  }

  /**
   * @param threads makes threads of a role
   */
  ThreadWatch(ActiveRules.Report report, Function<String, ThreadFactory> threads) {
    this.report = report;
    this.threads = threads;
    this.resume = Runtime.version().feature() <= LAST_WITH_SUSPEND ? resumeMethod() : null;
  }

  void check() {
    restart();
    for (AgentThreads.Living living : AgentThreads.living()) {
      Thread thread = living.thread();
      resume(thread);
      if (thread.getPriority() != living.priority()) {
        String before = "had the priority " + thread.getPriority();
        thread.setPriority(living.priority());
        report.report(Tampering.AGENT_THREAD_CHANGED, living.name(), before);
      }
      String name = thread.getName();
      if (!name.equals(living.name()) && rename(living)) {
        report.report(
            Tampering.AGENT_THREAD_CHANGED, living.name(), "was called " + shortened(name));
      }
    }
  }

  /**
   * Renaming a thread needs its lock, which any code can hold for ever, so a thread of its own does
   * it. The check waits for it a moment only, and begins no other one before.
   *
   * @return false if an earlier one still waits
   */
  private boolean rename(AgentThreads.Living living) {
    if (renaming.getCount() != 0) {
      return false;
    }
    CountDownLatch done = new CountDownLatch(1);
    Runnable work =
        () -> {
          living.thread().setName(living.name());
          done.countDown();
        };
    try {
      threads.apply("rename").newThread(work).start();
      renaming = done;
      boolean unused = done.await(RENAME_MILLIS, TimeUnit.MILLISECONDS);
    } catch (OutOfMemoryError noThread) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  private static String shortened(String name) {
    return name.length() <= NAME_MAX_CHARS ? name : name.substring(0, NAME_MAX_CHARS) + "…";
  }

  private void restart() {
    for (AgentThreads.Ended ended = AgentThreads.nextEnded();
        ended != null;
        ended = AgentThreads.nextEnded()) {
      if (TamperWatch.ending() || !isRestarted(ended)) {
        return;
      }
      if (!ended.noMemory()) {
        report.report(Tampering.AGENT_THREAD_ENDED, ended.name(), "started again");
      }
    }
  }

  /** False if there is no room for a thread now; the next check tries again. */
  private boolean isRestarted(AgentThreads.Ended ended) {
    boolean started = false;
    try {
      threads.apply(ended.name().substring(PREFIX_CHARS)).newThread(ended.work()).start();
      started = true;
    } catch (OutOfMemoryError noRoom) {
      // The other checks of this round still run.
    } finally {
      if (!started) {
        AgentThreads.keep(ended);
      }
    }
    return started;
  }

  /** Nothing shows that a thread is suspended; resuming one that is not has no effect. */
  private void resume(Thread thread) {
    if (resume != null && thread != Thread.currentThread()) {
      try {
        resume.invoke(thread);
      } catch (ReflectiveOperationException | RuntimeException refused) {
        // The collector notices if the thread does not continue.
      }
    }
  }

  private static @Nullable Method resumeMethod() {
    try {
      return Thread.class.getMethod("resume");
    } catch (NoSuchMethodException gone) {
      return null;
    }
  }
}
