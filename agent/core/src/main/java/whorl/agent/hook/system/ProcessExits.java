package whorl.agent.hook.system;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.ProcessReports;

/**
 * Reports the ends of processes, each after its start. The JDK begins to wait for a process before
 * the method that starts it returns, so the shortest commands end first. Their ends are kept until
 * the start is reported. Thread-safe. At most 1,024 are kept; one more, and all of them are
 * reported.
 */
final class ProcessExits {
  private static final int KEPT_MAX = 1024;

  private final EventSink sink;

  /** Exits by process id, whose start is not reported yet. */
  private final Map<Long, CompletableFuture<?>> kept = new ConcurrentHashMap<>();

  private volatile boolean startsAreReported;

  ProcessExits(EventSink sink) {
    this.sink = sink;
  }

  /** A process object is being created, so {@link #started} will be called. */
  void starting() {
    startsAreReported = true;
  }

  /**
   * The JDK waits for this process.
   *
   * @param exit its exit code, once there is one
   */
  void awaited(long pid, CompletableFuture<?> exit) {
    if (!startsAreReported) {
      report(pid, exit);
      return;
    }
    if (kept.size() >= KEPT_MAX) {
      for (Long key : kept.keySet()) {
        started(key);
      }
    }
    CompletableFuture<?> earlier = kept.put(pid, exit);
    if (earlier != null) {
      report(pid, earlier);
    }
  }

  /** The start of this process was reported, so its end may be reported too. */
  void started(long pid) {
    CompletableFuture<?> exit = kept.remove(pid);
    if (exit != null) {
      report(pid, exit);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void report(long pid, CompletableFuture<?> exit) {
    exit.whenComplete(new Exit(sink, pid));
  }

  /**
   * Runs on the JDK's process reaper, or on the thread that started the process if that has already
   * ended. A class, not a lambda: it is linked before the first process ends.
   */
  private record Exit(EventSink sink, long pid) implements BiConsumer<Object, Throwable> {
    @Override
    public void accept(@Nullable Object status, @Nullable Throwable failure) {
      if (status instanceof Integer exitCode) {
        ProcessReports.exited(sink, pid, exitCode);
      }
    }
  }
}
