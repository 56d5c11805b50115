package whorl.agent.hook.code;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import whorl.agent.hook.weave.ClassFacts;

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
      if (isOnTheWay(type)) {
        continue;
      }
      return (type == ClassLoader.class || isUnsafe(type))
          && frame.getMethodName().startsWith("defineClass");
    }
    return false;
  }

  /** The JDK's own and ours: a name alone could be anybody's. */
  private static boolean isOnTheWay(Class<?> type) {
    ClassLoader loader = ClassFacts.loader(type);
    return loader == OURS
        || loader == null
            && (type.getName().startsWith("sun.instrument.")
                || type.getName().startsWith("java.lang.instrument."));
  }

  private static boolean isUnsafe(Class<?> type) {
    return ClassFacts.isOfBootLoader(type) && type.getName().endsWith("internal.misc.Unsafe");
  }
}
