package whorl.agent.event;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The current thread's stack, bounded in depth and free of frames of Whorl. */
final class CallStack {
  private static final int MAX_FRAMES = 96;
  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final Function<Stream<StackWalker.StackFrame>, List<StackTraceElement>> TAKE =
      frames ->
          frames
              .filter(CallStack::notOurs)
              .limit(MAX_FRAMES)
              .map(StackWalker.StackFrame::toStackTraceElement)
              .toList();

  private CallStack() {}

  static StackTraceElement[] take() {
    return WALKER.walk(TAKE).toArray(new StackTraceElement[0]);
  }

  private static boolean notOurs(StackWalker.StackFrame frame) {
    String className = frame.getClassName();
    return !className.startsWith("whorl.agent.") && !className.startsWith("java.lang.WhorlHooks");
  }
}
