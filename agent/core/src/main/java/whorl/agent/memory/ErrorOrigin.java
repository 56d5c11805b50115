package whorl.agent.memory;

/** Finds out from its stack who created an error. */
final class ErrorOrigin {
  /** Frames between a constructor and the code that called it by reflection. */
  private static final String[] CALLERS = {
    "java.lang.reflect.", "jdk.internal.reflect.", "java.lang.invoke."
  };

  private ErrorOrigin() {}

  /**
   * True if the JDK itself created it, for example for a direct buffer without memory; also true if
   * there is no stack.
   */
  static boolean isFromJdk(StackTraceElement[] stack) {
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
