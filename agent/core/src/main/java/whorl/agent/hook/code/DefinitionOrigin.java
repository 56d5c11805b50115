package whorl.agent.hook.code;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a class came to be defined, read from the stack of the thread that is defining it: the first
 * frame behind the JDK's own plumbing tells.
 */
public final class DefinitionOrigin {
  /** A class loader doing its work on a class file that lies somewhere. */
  static final String ORDINARY = "ordinary";

  private static final int MAX_FRAMES = 24;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final Function<Stream<StackWalker.StackFrame>, String> ORIGIN =
      DefinitionOrigin::first;

  private static final Function<Stream<StackWalker.StackFrame>, Boolean> LINKAGE =
      frames ->
          frames
              .dropWhile(DefinitionOrigin::isPlumbingOfHidden)
              .findFirst()
              .map(frame -> KnownGenerators.isLinkage(frame.getClassName()))
              .orElse(false);

  private DefinitionOrigin() {}

  /** Of the class that this thread is defining: one of CONTRACT's words, or {@link #ORDINARY}. */
  public static String here() {
    return WALKER.walk(ORIGIN);
  }

  /**
   * Whether the JDK itself is linking a lambda or a method handle on this thread: 17 defines its
   * classes for those through the same public method as everybody.
   */
  public static boolean isLinkage() {
    return WALKER.walk(LINKAGE);
  }

  private static String first(Stream<StackWalker.StackFrame> frames) {
    Iterator<StackWalker.StackFrame> each = frames.iterator();
    for (int i = 0; i < MAX_FRAMES && each.hasNext(); i++) {
      String origin = of(each.next());
      if (origin != null) {
        return origin;
      }
    }
    return ORDINARY;
  }

  private static boolean isPlumbingOfHidden(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return name.startsWith("whorl.agent.")
        || name.equals("java.lang.WhorlHooks")
        || (name.startsWith("java.lang.invoke.") && !KnownGenerators.isLinkage(name));
  }

  /** What this frame tells; null for plumbing. */
  private static @Nullable String of(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    if (name.startsWith("whorl.agent.")
        || name.startsWith("sun.instrument.")
        || name.startsWith("java.lang.instrument.")
        || name.startsWith("java.lang.System$")) {
      return null;
    }
    if (name.startsWith("java.lang.reflect.Proxy")) {
      return "proxy";
    }
    if (name.startsWith("java.lang.invoke.MethodHandles$Lookup")) {
      return "lookup";
    }
    if (name.endsWith("misc.Unsafe")) {
      return "unsafe";
    }
    if (name.startsWith("jdk.internal.reflect.")
        && !name.contains("MethodAccessor")
        && !name.contains("ConstructorAccessor")) {
      // Accessors that the JDK makes for reflection itself.
      return ORDINARY;
    }
    Class<?> declaring = frame.getDeclaringClass();
    if (declaring == ClassLoader.class || name.startsWith("java.security.")) {
      return null;
    }
    return ClassLoader.class.isAssignableFrom(declaring) ? ORDINARY : "reflection";
  }
}
