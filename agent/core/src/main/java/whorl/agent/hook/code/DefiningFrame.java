package whorl.agent.hook.code;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import whorl.agent.hook.weave.ClassFacts;

/**
 * Checks whether code requested the definition of the class that is being loaded on this thread. If
 * the VM itself finds the class in its image, there is no defining method below the transformer.
 */
final class DefiningFrame implements Function<Stream<StackWalker.StackFrame>, Boolean> {
  private static final int MAX_FRAMES = 24;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final DefiningFrame SEARCH = new DefiningFrame();
  private static final ClassLoader OURS = DefiningFrame.class.getClassLoader();

  DefiningFrame() {}

  static boolean isOnStack() {
    return WALKER.walk(SEARCH);
  }

  @Override
  public Boolean apply(Stream<StackWalker.StackFrame> frames) {
    Iterator<StackWalker.StackFrame> iterator = frames.iterator();
    for (int i = 0; i < MAX_FRAMES && iterator.hasNext(); i++) {
      StackWalker.StackFrame frame = iterator.next();
      Class<?> type = frame.getDeclaringClass();
      if (isPlumbing(type)) {
        continue;
      }
      return frame.getMethodName().startsWith("defineClass")
          && (isUnsafe(type) || type == ClassLoader.class && !isOfLoader(iterator));
    }
    return false;
  }

  /**
   * True if a loader's own method goes on below. It defines into that loader, so what the boot
   * loader loads meanwhile, the VM reads: such as the class of an error in the class file.
   */
  private static boolean isOfLoader(Iterator<StackWalker.StackFrame> below) {
    if (!below.hasNext()) {
      return false;
    }
    StackWalker.StackFrame caller = below.next();
    return caller.getDeclaringClass() == ClassLoader.class
        && caller.getMethodName().equals("defineClass");
  }

  /** Checks the loader too, because any code can use these names. */
  private static boolean isPlumbing(Class<?> type) {
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
