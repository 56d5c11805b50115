package whorl.agent.hook;

import java.security.SecureClassLoader;
import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the class loader itself defines the class that this thread is defining. Code that
 * has one class of a loader can define another there ({@code privateLookupIn} and {@code
 * Lookup.defineClass}). The protection domain is the same; only the stack differs.
 */
final class OwnDefinition implements Function<Stream<StackWalker.StackFrame>, @Nullable Class<?>> {
  private static final StackWalker WALKER =
      StackWalker.getInstance(
          java.util.Set.of(
              StackWalker.Option.RETAIN_CLASS_REFERENCE, StackWalker.Option.SHOW_REFLECT_FRAMES));
  private static final Module OURS = OwnDefinition.class.getModule();
  private static final Module JAVA_BASE = Object.class.getModule();

  /** Must be called from within a transformer. */
  boolean isOfItsLoader(ClassLoader loader) {
    Class<?> caller = WALKER.walk(this);
    return caller != null && (caller.isInstance(loader) || isMakerOfProxies(caller));
  }

  private static boolean isMakerOfProxies(Class<?> caller) {
    return caller.getModule() == JAVA_BASE
        && caller.getName().equals("java.lang.reflect.Proxy$ProxyBuilder");
  }

  /**
   * Returns the class that called {@code defineClass}, below the frames of transformers. It may be
   * the JDK's proxy generator, into whose classes no attacker can put code.
   */
  @Override
  public @Nullable Class<?> apply(Stream<StackWalker.StackFrame> frames) {
    boolean defining = false;
    for (Iterator<StackWalker.StackFrame> iterator = frames.iterator(); iterator.hasNext(); ) {
      Class<?> type = iterator.next().getDeclaringClass();
      boolean defines = type == ClassLoader.class || type == SecureClassLoader.class;
      if (defining && !defines) {
        if (type.getModule() != JAVA_BASE || !type.getName().startsWith("java.lang.System$")) {
          return type;
        }
        continue; // the JDK's internal entry to defineClass; its caller counts
      }
      defining |= defines;
      if (!defining && type.getModule() != OURS && !isOfTransformers(type.getName())) {
        return type;
      }
    }
    return null;
  }

  private static boolean isOfTransformers(String name) {
    return name.startsWith("sun.instrument.") || name.startsWith("java.lang.instrument.");
  }
}
