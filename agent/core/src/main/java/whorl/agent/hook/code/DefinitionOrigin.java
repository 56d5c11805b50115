package whorl.agent.hook.code;

import org.jspecify.annotations.Nullable;

/**
 * How a class came to be defined, read from the stack of the thread that is defining it: the first
 * frame behind the JDK's own plumbing tells.
 */
public final class DefinitionOrigin {
  /** A class loader doing its work on a class file that lies somewhere. */
  static final String ORDINARY = "ordinary";

  private static final int MAX_FRAMES = 24;
  private static final @Nullable ClassLoader OURS = DefinitionOrigin.class.getClassLoader();
  private static final StackSearch<String> ORIGIN = new Origin();
  private static final StackSearch<Boolean> LINKAGE = new Linkage();

  private DefinitionOrigin() {}

  /** Of the class that this thread is defining: one of CONTRACT's words, or {@link #ORDINARY}. */
  public static String here() {
    String origin = ORIGIN.find();
    return origin == null ? ORDINARY : origin;
  }

  /**
   * Whether the JDK itself is linking a lambda or a method handle on this thread: 17 defines its
   * classes for those through the same public method as everybody.
   */
  public static boolean isLinkage() {
    return Boolean.TRUE.equals(LINKAGE.find());
  }

  /** Who defines; null for plumbing. */
  private static final class Origin extends StackSearch<String> {
    Origin() {
      super(MAX_FRAMES);
    }

    @Override
    @Nullable String told(Class<?> type) {
      ClassLoader loader = type.getClassLoader();
      if (loader == OURS || type == ClassLoader.class) {
        return null;
      }
      if (ClassLoader.class.isAssignableFrom(type)) {
        // SecureClassLoader is on the way of nearly all others.
        return loader == null && type.getName().startsWith("java.security.") ? null : ORDINARY;
      }
      return loader == null ? originByJdk(type.getName()) : "reflection";
    }
  }

  /** Whether it is the JDK, for itself; null for plumbing. */
  private static final class Linkage extends StackSearch<Boolean> {
    Linkage() {
      super(Integer.MAX_VALUE);
    }

    @Override
    @Nullable Boolean told(Class<?> type) {
      String name = type.getName();
      if (name.startsWith("whorl.agent.") || name.equals("java.lang.WhorlHooks")) {
        return null;
      }
      if (KnownGenerators.isLinkage(name)) {
        return Boolean.TRUE;
      }
      return name.startsWith("java.lang.invoke.") ? null : Boolean.FALSE;
    }
  }

  /** Of a class of the JDK's own, by its name. */
  private static @Nullable String originByJdk(String name) {
    if (name.startsWith("sun.instrument.")
        || name.startsWith("java.lang.instrument.")
        || name.startsWith("java.lang.System$")
        || name.startsWith("java.security.")) {
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
    // Accessors that the JDK makes for reflection itself.
    boolean accessor = name.startsWith("jdk.internal.reflect.") && !name.contains("Accessor");
    return accessor ? ORDINARY : "reflection";
  }
}
