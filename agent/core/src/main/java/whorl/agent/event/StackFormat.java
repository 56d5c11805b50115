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
public class StackFormat
    implements Function<Stream<StackWalker.StackFrame>, List<StackWalker.StackFrame>> {
  private static final String HOLDER = "java.lang.WhorlHooks";
  private static final Module OURS = StackFormat.class.getModule();
  private static final Module JAVA_BASE = Object.class.getModule();

  private final int max;

  /**
   * @param max how many at most
   */
  public StackFormat(int max) {
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

  /** Whether this frame is one of them; its walker retains class references. */
  protected boolean isTaken(StackWalker.StackFrame frame) {
    return !isOurs(frame);
  }

  /**
   * Whether the frame is Whorl's. A name alone is no proof, since anybody can name a class {@code
   * whorl.agent.X}: the class must be of this module as well, which is that of the isolated loader.
   * A module is compared and not a loader, because asking for a loader may call a security manager.
   */
  public static boolean isOurs(StackWalker.StackFrame frame) {
    String className = frame.getClassName();
    if (className.startsWith("whorl.agent.")) {
      return frame.getDeclaringClass().getModule() == OURS;
    }
    return className.equals(HOLDER) && frame.getDeclaringClass().getModule() == JAVA_BASE;
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
