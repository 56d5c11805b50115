package whorl.collector.heap.dump;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import shark.HprofRecord.StackFrameRecord;

/** What a garbage collection starts with, and the stacks of threads. For one thread. */
final class RootTable {
  private static final int ROOTS_MAX = 5_000_000;
  private static final int FRAMES_MAX = 5_000_000;

  /**
   * A root.
   *
   * @param kind such as {@code thread} or {@code JNI global}
   * @param thread the serial number of the thread whose stack holds it; 0 for none
   * @param frame the number of the frame on that stack; negative for none
   */
  record Root(long object, String kind, int thread, int frame) {}

  /** A thread; its stack's serial number. */
  record ThreadRoot(long object, int serial, int stack) {}

  private record Frame(long method, long source, int classSerial, int line) {}

  private final List<Root> roots = new ArrayList<>();
  private final List<ThreadRoot> threads = new ArrayList<>();
  private final Map<Integer, ThreadRoot> bySerial = new HashMap<>();
  private final Map<Long, Frame> frames = new HashMap<>();
  private final Map<Integer, long[]> stacks = new HashMap<>();

  void add(Root root) {
    if (roots.size() == ROOTS_MAX) {
      throw new DamagedDumpException("it has more than " + ROOTS_MAX + " roots");
    }
    roots.add(root);
  }

  void add(ThreadRoot thread) {
    add(new Root(thread.object(), "thread", 0, -1));
    threads.add(thread);
    bySerial.putIfAbsent(thread.serial(), thread);
  }

  void add(StackFrameRecord frame) {
    if (frames.size() < FRAMES_MAX) {
      frames.put(
          frame.getId(),
          new Frame(
              frame.getMethodNameStringId(),
              frame.getSourceFileNameStringId(),
              frame.getClassSerialNumber(),
              frame.getLineNumber()));
    }
  }

  void add(int stack, long[] ofFrames) {
    if (stacks.size() < FRAMES_MAX) {
      stacks.put(stack, ofFrames);
    }
  }

  List<Root> all() {
    return roots;
  }

  List<ThreadRoot> threads() {
    return threads;
  }

  @Nullable ThreadRoot thread(int serial) {
    return bySerial.get(serial);
  }

  /** The ids of the strings that name methods and source files. */
  Set<Long> wantedNames() {
    Set<Long> wanted = new HashSet<>();
    for (Frame each : frames.values()) {
      wanted.add(each.method());
      wanted.add(each.source());
    }
    return wanted;
  }

  /** A frame of a thread's stack as text, null if it is not known. */
  @Nullable String frame(ThreadRoot thread, int number, ClassTable classes) {
    long[] stack = stacks.get(thread.stack());
    Frame frame =
        stack == null || number < 0 || number >= stack.length ? null : frames.get(stack[number]);
    if (frame == null) {
      return null;
    }
    String source = classes.name(frame.source());
    return classes.nameOfSerial(frame.classSerial())
        + "."
        + classes.name(frame.method())
        + (source.equals("?")
            ? ""
            : "(" + source + (frame.line() > 0 ? ":" + frame.line() : "") + ")");
  }
}
