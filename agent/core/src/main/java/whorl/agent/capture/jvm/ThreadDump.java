package whorl.agent.capture.jvm;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All threads at one moment, the content of {@code threads.json}.
 *
 * @param version of this format
 * @param time RFC 3339
 * @param jvm name and version
 * @param deadlocked ids of threads that wait for each other
 */
record ThreadDump(
    int version, String time, String jvm, List<Long> deadlocked, List<ThreadState> threads) {
  static final int VERSION = 1;

  /** Deeper frames are omitted. */
  static final int FRAMES_MAX = 256;

  /**
   * One thread.
   *
   * @param id null if only a method that the application may have overridden would return it
   * @param className of the thread object; null if read from ThreadMXBean, which does not report it
   * @param state as {@link Thread.State}; null as {@code id}
   * @param container of a virtual thread: the executor or scope that it belongs to
   * @param waitingFor the lock that it is blocked on or waits for
   */
  record ThreadState(
      @Nullable Long id,
      String name,
      @Nullable String className,
      boolean virtual,
      boolean daemon,
      int priority,
      @Nullable String state,
      @Nullable Long cpuMillis,
      @Nullable Boolean inNative,
      @Nullable String container,
      @Nullable Lock waitingFor,
      List<Frame> frames) {}

  /**
   * One frame; the innermost comes first.
   *
   * @param at as {@link StackTraceElement#toString}
   * @param locked monitors that were entered in it
   */
  record Frame(String at, List<Lock> locked) {}

  /**
   * A monitor or another synchronizer.
   *
   * @param identity its identity hash code, hexadecimal
   * @param ownerId the thread that holds it
   */
  record Lock(
      String className, String identity, @Nullable Long ownerId, @Nullable String ownerName) {}

  static List<Frame> frames(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .limit(FRAMES_MAX)
        .map(frame -> new Frame(frame.toString(), List.of()))
        .toList();
  }
}
