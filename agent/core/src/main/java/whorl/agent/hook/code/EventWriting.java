package whorl.agent.hook.code;

import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whether this thread is in the middle of writing a JFR event, as it may be when it loads a class
 * of the JDK: {@code EventWriter} itself loads some at its first use. A thread has one writer, and
 * an event begun within another one overwrites it.
 */
public final class EventWriting {
  private static final int MAX_FRAMES = 48;
  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final Function<Stream<StackWalker.StackFrame>, Boolean> UNDER_WAY =
      frames -> frames.limit(MAX_FRAMES).anyMatch(EventWriting::writes);

  private EventWriting() {}

  public static boolean isUnderWay() {
    return WALKER.walk(UNDER_WAY);
  }

  private static boolean writes(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return name.startsWith("jdk.jfr.")
        || name.startsWith("jdk.internal.event.")
        || frame.getMethodName().equals("commit");
  }
}
