package whorl.agent.hook.code;

import java.lang.reflect.Proxy;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;

/**
 * Recognises libraries that legitimately generate classes, by the code that defines the class and
 * the code that called it, never by the class's own name. Code counts only if it comes from a
 * module, from a code source or from the appended boot class path. Generated code never counts.
 */
final class KnownGenerators {
  /** The maximum number of frames between the defining frame and the required caller. */
  private static final int REACH = 14;

  private static final int FORGED_MAX = 1024;

  /** Classes from unknown generators whose name would count as a generator's. */
  private static final Set<String> FORGED = ConcurrentHashMap.newKeySet();

  /** There were too many such names to remember: from then on no library is recognised by a jar. */
  private static volatile boolean tooManyForged;

  private KnownGenerators() {}

  /**
   * Returns the known library that generates the class; null if there is none.
   *
   * @param frames of the defining thread, innermost first, without those of reflection
   */
  static @Nullable String recognise(List<StackWalker.StackFrame> frames) {
    int at = 0;
    while (at < frames.size() && isPlumbing(frames.get(at))) {
      at++;
    }
    if (at == frames.size()) {
      return null;
    }
    StackWalker.StackFrame definer = frames.get(at);
    for (Generator generator : GeneratorTable.ALL) {
      if (generator.isDefiner(definer.getClassName())
          && trusted(definer.getDeclaringClass())
          && hasCallerBelow(generator, frames, at)) {
        return generator.name();
      }
    }
    return null;
  }

  /** The known agent or library that owns this frame, which requests a change of classes. */
  static @Nullable String changer(StackWalker.StackFrame frame) {
    for (String known : GeneratorTable.CHANGERS) {
      if (frame.getClassName().startsWith(known) && trusted(frame.getDeclaringClass())) {
        return known.substring(0, known.length() - 1);
      }
    }
    return null;
  }

  /** Notes a class from an unknown generator; if its name is a generator's, it will not count. */
  static void noteForged(String className, @Nullable ClassLoader loader) {
    if (!hasKnownName(className)) {
      return;
    }
    if (FORGED.size() >= FORGED_MAX) {
      tooManyForged = true;
    } else {
      FORGED.add(key(className, loader));
    }
  }

  private static boolean hasKnownName(String className) {
    if (GeneratorTable.isChanger(className)) {
      return true;
    }
    for (Generator generator : GeneratorTable.ALL) {
      if (generator.includes(className)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCallerBelow(
      Generator generator, List<StackWalker.StackFrame> frames, int definerAt) {
    if (generator.isExploitedBy(frames)) {
      return false;
    }
    if (generator.callers().isEmpty()) {
      return true;
    }
    int passed = 0;
    for (int i = definerAt + 1; i < frames.size() && passed < generator.reach(REACH); i++) {
      StackWalker.StackFrame frame = frames.get(i);
      String name = frame.getClassName();
      if (generator.isCaller(name) && trusted(frame.getDeclaringClass())) {
        return true;
      }
      if (!generator.isDefiner(name) && !isPlumbing(frame)) {
        passed++;
      }
    }
    return false;
  }

  /**
   * True for frames between the code that requests a definition, or a change, and the VM: of the
   * JDK, and of what Byte Buddy makes to call it.
   */
  static boolean isPlumbing(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return (ClassFacts.isOfBootLoader(frame.getDeclaringClass()) && isPlumbingOfTheJdk(name))
        || (name.startsWith("net.bytebuddy.utility.")
            && !name.endsWith("$DynamicClassLoader")
            && trusted(frame.getDeclaringClass()))
        || Proxy.isProxyClass(frame.getDeclaringClass());
  }

  /** Only for a class of the boot loader, because any code can use these names. */
  private static boolean isPlumbingOfTheJdk(String name) {
    return name.equals("java.lang.ClassLoader")
        || name.startsWith("java.lang.System$")
        || name.startsWith("java.security.")
        || name.startsWith("java.lang.reflect.Method")
        || name.endsWith("misc.Unsafe")
        || name.equals("java.net.URLClassLoader")
        || (name.startsWith("java.lang.invoke.") && !isLinkage(name))
        || (name.startsWith("java.lang.Class") && !name.equals("java.lang.ClassValue"))
        || name.startsWith("jdk.internal.loader.");
  }

  /**
   * The JDK's classes that generate others for lambdas and method handles; not the public ones that
   * any code may call.
   */
  static boolean isLinkage(String className) {
    return className.startsWith("java.lang.invoke.InnerClassLambdaMetafactory")
        || className.startsWith("java.lang.invoke.InvokerBytecodeGenerator")
        || className.startsWith("java.lang.invoke.GenerateJLIClassesHelper")
        || className.startsWith("java.lang.invoke.ClassSpecializer")
        || className.startsWith("java.lang.invoke.MethodHandleProxies")
        || className.startsWith("java.lang.invoke.MethodHandleImpl$BindCaller")
        || className.startsWith("java.lang.invoke.StringConcatFactory")
        || className.startsWith("java.lang.invoke.LambdaProxyClassArchive")
        || className.startsWith("java.lang.invoke.VarHandles")
        || className.startsWith("java.lang.runtime.")
        || className.startsWith("jdk.internal.foreign.abi.BindingSpecializer");
  }

  /** True if this class's name reliably identifies its owner. */
  static boolean trusted(Class<?> type) {
    if (type.isHidden()) {
      return false;
    }
    Module module = type.getModule();
    if (module.isNamed() && module.getLayer() == ModuleLayer.boot()) {
      return true;
    }
    if (tooManyForged || FORGED.contains(key(type.getName(), ClassFacts.loader(type)))) {
      return false;
    }
    if (ClassFacts.isOfBootLoader(type)) {
      return true; // from another agent's appended jar; code that defines a class there is reported
    }
    ProtectionDomain domain = ClassFacts.domain(type);
    CodeSource source = domain == null ? null : domain.getCodeSource();
    return source != null && source.getLocation() != null;
  }

  private static String key(String className, @Nullable ClassLoader loader) {
    return className + "@" + System.identityHashCode(loader);
  }
}
