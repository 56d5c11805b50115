package whorl.agent.hook.code;

import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;

/**
 * How a class is defined, read from the stack of the defining thread: the first frame below the
 * JDK's own plumbing decides.
 */
public final class DefinitionOrigin {
  /** A class loader defines a class file that it read somewhere. */
  static final String ORDINARY = "ordinary";

  private static final int MAX_FRAMES = 24;
  private static final @Nullable ClassLoader OURS = DefinitionOrigin.class.getClassLoader();
  private static final StackSearch<Boolean> LINKAGE = new Linkage();

  private DefinitionOrigin() {}

  /**
   * The origin of the class that this thread defines: a value of the field {@code origin} of
   * whorl.ClassDefine, or {@link #ORDINARY}.
   *
   * @param loader the class loader that the class is defined into; null for the boot loader
   */
  static String of(@Nullable ClassLoader loader) {
    if (loader == null && !DefiningFrame.isOnStack()) {
      // The VM itself reads the class from the JDK's image.
      return ORDINARY;
    }
    Origin search = new Origin(loader);
    String origin = search.find();
    return origin != null ? origin : search.byLookup ? "lookup" : ORDINARY;
  }

  /** Runs both paths once, so that nothing is left to be loaded later. */
  public static void warmUp() {
    DefiningFrame.isOnStack();
    of(null);
    of(OURS);
    isLinkage();
  }

  /**
   * True if the JDK itself is linking a lambda or a method handle on this thread. JDK 17 defines
   * its classes for those through the same public method as any other code.
   */
  public static boolean isLinkage() {
    return Boolean.TRUE.equals(LINKAGE.find());
  }

  /** Decides how the class is defined; null for plumbing. */
  private static final class Origin extends StackSearch<String> {
    private final @Nullable ClassLoader into;

    /** A lookup defines the class: for the JDK itself, or for the first frame below it. */
    private boolean byLookup;

    Origin(@Nullable ClassLoader into) {
      super(MAX_FRAMES);
      this.into = into;
    }

    @Override
    @Nullable String answer(Class<?> type) {
      ClassLoader loader = ClassFacts.loader(type);
      if (loader == OURS || type == ClassLoader.class) {
        return null;
      }
      if (byLookup) {
        return belowLookup(loader, type.getName());
      }
      if (ClassLoader.class.isAssignableFrom(type)) {
        // Nearly all other loaders call through SecureClassLoader.
        if (loader == null && type.getName().startsWith("java.security.")) {
          return null;
        }
        // A class loader that defines into another one counts as foreign code.
        return type.isInstance(into) ? ORDINARY : "reflection";
      }
      if (loader == null && type.getName().startsWith("java.lang.invoke.MethodHandles$Lookup")) {
        byLookup = true;
        return null;
      }
      return loader == null ? originByJdk(type.getName()) : "reflection";
    }

    private static @Nullable String belowLookup(@Nullable ClassLoader loader, String name) {
      if (loader == null && KnownGenerators.isLinkage(name)) {
        return ORDINARY;
      }
      return loader == null && name.startsWith("java.lang.invoke.") ? null : "lookup";
    }
  }

  /** True if the JDK links for itself; null for plumbing. */
  private static final class Linkage extends StackSearch<Boolean> {
    Linkage() {
      super(Integer.MAX_VALUE);
    }

    @Override
    @Nullable Boolean answer(Class<?> type) {
      ClassLoader loader = ClassFacts.loader(type);
      if (loader == OURS) {
        return null;
      }
      String name = type.getName();
      if (loader != null) {
        return Boolean.FALSE;
      }
      if (KnownGenerators.isLinkage(name)) {
        return Boolean.TRUE;
      }
      return isPlumbing(name) ? null : Boolean.FALSE;
    }
  }

  /** True for JDK classes on the stack of every hidden class, whatever defines it. */
  private static boolean isPlumbing(String name) {
    return name.startsWith("java.lang.invoke.")
        || name.equals("java.lang.WhorlHooks")
        || name.startsWith("java.lang.System$")
        || name.startsWith("jdk.internal.foreign.abi.")
        || name.startsWith("java.lang.runtime.");
  }

  /** The origin by the name of a JDK class. */
  private static @Nullable String originByJdk(String name) {
    if (name.startsWith("sun.instrument.")
        || name.startsWith("java.lang.instrument.")
        || name.startsWith("java.lang.System$")
        || name.startsWith("java.security.")) {
      return null;
    }
    if (KnownGenerators.isLinkage(name)) {
      return ORDINARY;
    }
    if (name.startsWith("java.lang.reflect.Proxy")) {
      return "proxy";
    }
    if (name.endsWith("misc.Unsafe")) {
      return "unsafe";
    }
    // Accessors that the JDK generates for reflection itself.
    boolean accessor = name.startsWith("jdk.internal.reflect.") && !name.contains("Accessor");
    return accessor ? ORDINARY : "reflection";
  }
}
