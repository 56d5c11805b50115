package whorl.agent.capture.jvm;

import java.io.IOException;
import java.lang.management.LockInfo;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.ThreadDump.Frame;
import whorl.agent.capture.jvm.ThreadDump.Lock;
import whorl.agent.capture.jvm.ThreadDump.ThreadState;

/**
 * Reads platform threads with their monitors from {@link ThreadMXBean}. It links to java.management
 * and is not loaded if that module is absent. On 17 the JDK asks each thread for its {@code getId},
 * which may be the application's, so meanwhile this thread is observed.
 */
final class ManagedThreads {
  private final ThreadMXBean threads;

  ManagedThreads(ThreadMXBean threads) {
    this.threads = threads;
  }

  /**
   * @throws IOException if a method of the application, or the JDK, fails
   */
  List<ThreadState> platform() throws IOException {
    List<ThreadState> states = new ArrayList<>();
    // Monitors, but not all ownable synchronizers: finding those walks the whole heap.
    for (ThreadInfo thread :
        observed(() -> threads.dumpAllThreads(true, false, ThreadDump.FRAMES_MAX))) {
      if (thread != null) {
        states.add(state(thread));
      }
    }
    return states;
  }

  /**
   * @throws IOException as {@link #platform}
   */
  List<Long> deadlocked() throws IOException {
    long[] ids = observed(threads::findDeadlockedThreads);
    return ids == null ? List.of() : Arrays.stream(ids).boxed().toList();
  }

  private static <T extends @Nullable Object> T observed(Supplier<T> call) throws IOException {
    try {
      return whorl.agent.hook.weave.ThreadState.observed(call);
    } catch (RuntimeException | Error failure) {
      throw PlainThreads.notListed(failure);
    }
  }

  private ThreadState state(ThreadInfo thread) {
    return new ThreadState(
        thread.getThreadId(),
        thread.getThreadName(),
        null,
        false,
        thread.isDaemon(),
        thread.getPriority(),
        thread.getThreadState().name(),
        cpuMillis(thread.getThreadId()),
        thread.isInNative(),
        null,
        waitingFor(thread),
        frames(thread));
  }

  private @Nullable Long cpuMillis(long id) {
    if (!threads.isThreadCpuTimeSupported() || !threads.isThreadCpuTimeEnabled()) {
      return null;
    }
    long nanos = threads.getThreadCpuTime(id);
    return nanos < 0 ? null : TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private static @Nullable Lock waitingFor(ThreadInfo thread) {
    LockInfo lock = thread.getLockInfo();
    if (lock == null) {
      return null;
    }
    long owner = thread.getLockOwnerId();
    return new Lock(
        lock.getClassName(),
        Integer.toHexString(lock.getIdentityHashCode()),
        owner < 0 ? null : owner,
        thread.getLockOwnerName());
  }

  private static List<Frame> frames(ThreadInfo thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    MonitorInfo[] monitors = thread.getLockedMonitors();
    List<Frame> frames = new ArrayList<>(stack.length);
    for (int depth = 0; depth < stack.length; depth++) {
      List<Lock> locked = new ArrayList<>(0);
      for (MonitorInfo monitor : monitors) {
        if (monitor.getLockedStackDepth() == depth) {
          String identity = Integer.toHexString(monitor.getIdentityHashCode());
          locked.add(new Lock(monitor.getClassName(), identity, null, null));
        }
      }
      frames.add(new Frame(stack[depth].toString(), locked));
    }
    return frames;
  }
}
