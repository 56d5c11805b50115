package whorl.agent.event;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is taken of a stack: the innermost frames, without those of Whorl. A loop and not a
 * pipeline, for in a JVM that has just started each stage of one is a class to be made.
 */
public class Frames
    implements Function<Stream<StackWalker.StackFrame>, List<StackWalker.StackFrame>> {
  private final int max;

  /**
   * @param max how many at most
   */
  public Frames(int max) {
    this.max = max;
  }

  @Override
  public final List<StackWalker.StackFrame> apply(Stream<StackWalker.StackFrame> frames) {
    List<StackWalker.StackFrame> taken = new ArrayList<>();
    Iterator<StackWalker.StackFrame> each = frames.iterator();
    while (taken.size() < max && each.hasNext()) {
      StackWalker.StackFrame frame = each.next();
      if (isTaken(frame)) {
        taken.add(frame);
      }
    }
    return taken;
  }

  /** Whether this frame is one of them. */
  protected boolean isTaken(StackWalker.StackFrame frame) {
    String className = frame.getClassName();
    return !className.startsWith("whorl.agent.") && !className.startsWith("java.lang.WhorlHooks");
  }

  /** The first of these, as text. */
  public static StackTraceElement[] elements(List<StackWalker.StackFrame> frames, int max) {
    StackTraceElement[] elements = new StackTraceElement[Math.min(max, frames.size())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = frames.get(i).toStackTraceElement();
    }
    return elements;
  }
}
