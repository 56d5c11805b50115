package whorl.agent.probe;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;

/** Finds the loaded classes of a name, and refuses those that must not be probed. */
final class ProbeTargets {
  /** The most loaders that may have a class of the name. */
  static final int CLASSES_MAX = 8;

  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();
  private static final String SHADED = "net.bytebuddy.";

  private final Instrumentation instrumentation;
  private final @Nullable ClassLoader ours;

  /**
   * @param ours the agent's loader; null if there is none of its own, as in tests
   */
  ProbeTargets(Instrumentation instrumentation, @Nullable ClassLoader ours) {
    this.instrumentation = instrumentation;
    this.ours = ours;
  }

  /**
   * Returns the loaded classes of this name; empty if none is loaded.
   *
   * @throws ProbeRefusedException if one of them must not be probed, or if there are too many
   */
  List<Class<?>> find(String name) throws ProbeRefusedException {
    String refused = refusedName(name);
    if (refused != null) {
      throw new ProbeRefusedException(refused);
    }
    List<Class<?>> found = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (isNamed(type, name)) {
        refused = refused(type);
        if (refused != null) {
          throw new ProbeRefusedException(refused);
        }
        found.add(type);
      }
    }
    if (found.size() > CLASSES_MAX) {
      throw new ProbeRefusedException(
          found.size()
              + " class loaders have a class "
              + name
              + "; at most "
              + CLASSES_MAX
              + " are probed");
    }
    return found;
  }

  /** A hidden class is named after the class that it was made for, and a slash. */
  private static boolean isNamed(Class<?> type, String name) {
    String known = type.getName();
    return known.equals(name)
        || (type.isHidden()
            && known.length() > name.length()
            && known.charAt(name.length()) == '/'
            && known.startsWith(name));
  }

  private static @Nullable String refusedName(String name) {
    if (name.startsWith("whorl.")) {
      return name + " has a name of the agent's; the agent does not probe itself";
    }
    return name.startsWith(SHADED)
        ? name + " has a name of Byte Buddy, which weaves; it is not probed"
        : null;
  }

  private @Nullable String refused(Class<?> type) {
    String name = type.getName();
    if (type.isHidden()) {
      return name + " is a hidden class, such as a lambda's; the JVM does not let it be changed";
    }
    ClassLoader loader = ClassFacts.loader(type);
    if (ours != null && loader == ours) {
      return name + " is a class of the agent, which does not probe itself";
    }
    if (loader == null || loader == PLATFORM || isOfTheJdk(type)) {
      return name + " is a class of the JDK; probe the class of the application that calls it";
    }
    return instrumentation.isModifiableClass(type)
        ? null
        : name + ": the JVM does not let the class be changed";
  }

  /** The application's loader has modules of the JDK too, such as the compiler's. */
  private static boolean isOfTheJdk(Class<?> type) {
    String module = type.getModule().getName();
    return module != null
        && (module.startsWith("java.") || module.startsWith("jdk."))
        && ModuleLayer.boot().findModule(module).orElse(null) == type.getModule();
  }
}
