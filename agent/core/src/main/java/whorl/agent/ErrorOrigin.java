package whorl.agent;

/** Who made an error, by its stack. */
final class ErrorOrigin {
  /** Frames between a constructor and the code that called it by reflection. */
  private static final String[] CALLERS = {
    "java.lang.reflect.", "jdk.internal.reflect.", "java.lang.invoke."
  };

  private ErrorOrigin() {}

  /**
   * Whether it is the JDK itself, as for a direct buffer for which there is no room; true also
   * where there is no stack.
   */
  static boolean isByTheJdk(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (!isCaller(frame.getClassName())) {
        return frame.getModuleName() != null && frame.getClassLoaderName() == null;
      }
    }
    return true;
  }

  private static boolean isCaller(String className) {
    for (String caller : CALLERS) {
      if (className.startsWith(caller)) {
        return true;
      }
    }
    return false;
  }
}
