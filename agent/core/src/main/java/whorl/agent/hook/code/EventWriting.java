package whorl.agent.hook.code;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Checks whether this thread is in the middle of writing a JFR event. This is possible when it
 * loads a class of the JDK: {@code EventWriter} itself loads some at its first use. A thread has
 * one writer, and an event begun within another one overwrites it.
 */
public final class EventWriting {
  private static final int MAX_FRAMES = 48;
  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final AnyWrites UNDER_WAY = new AnyWrites();

  /** A class, not a method reference: linking that at startup takes long. */
  private static final class AnyWrites
      implements Function<Stream<StackWalker.StackFrame>, Boolean> {
    @Override
    public Boolean apply(Stream<StackWalker.StackFrame> frames) {
      return anyWrites(frames);
    }
  }

  private EventWriting() {}

  public static boolean isUnderWay() {
    return WALKER.walk(UNDER_WAY);
  }

  private static boolean anyWrites(Stream<StackWalker.StackFrame> frames) {
    Iterator<StackWalker.StackFrame> iterator = frames.iterator();
    for (int i = 0; i < MAX_FRAMES && iterator.hasNext(); i++) {
      if (writes(iterator.next())) {
        return true;
      }
    }
    return false;
  }

  private static boolean writes(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    if (name.startsWith("java.")) {
      // none of these is an event, and a method's name is the most expensive query here
      return false;
    }
    return name.startsWith("jdk.jfr.")
        || name.startsWith("jdk.internal.event.")
        || frame.getMethodName().equals("commit");
  }
}
