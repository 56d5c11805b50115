package whorl.agent.hook.code;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whether code asked for the class that is being loaded on this thread to be defined. Where the VM
 * finds the class in its image by itself, no method that defines stands below the transformer.
 */
final class DefiningFrame implements Function<Stream<StackWalker.StackFrame>, Boolean> {
  private static final int MAX_FRAMES = 24;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final DefiningFrame ANY = new DefiningFrame();
  private static final ClassLoader OURS = DefiningFrame.class.getClassLoader();

  private DefiningFrame() {}

  static boolean isThere() {
    return WALKER.walk(ANY);
  }

  @Override
  public Boolean apply(Stream<StackWalker.StackFrame> frames) {
    Iterator<StackWalker.StackFrame> each = frames.iterator();
    for (int i = 0; i < MAX_FRAMES && each.hasNext(); i++) {
      StackWalker.StackFrame frame = each.next();
      Class<?> type = frame.getDeclaringClass();
      if (type.getClassLoader() == OURS || isOnTheWay(type.getName())) {
        continue;
      }
      return (type == ClassLoader.class || type.getName().endsWith("internal.misc.Unsafe"))
          && frame.getMethodName().startsWith("defineClass");
    }
    return false;
  }

  private static boolean isOnTheWay(String name) {
    return name.startsWith("sun.instrument.") || name.startsWith("java.lang.instrument.");
  }
}
