package whorl.agent.hook.code;

import java.util.List;

/**
 * A library that makes classes, and how to know it at work.
 *
 * @param name as findings and {@code classes.ndjson} give it
 * @param definers beginnings of the names of its classes that hand the bytes to the JDK; a leading
 *     {@code *} stands for whatever a repackaged copy has in front
 * @param callers such beginnings of which one must stand behind: without it, anybody might have
 *     called the definer with bytes of their own. None: the definer takes bytes from nobody
 * @param near the caller must be the very next
 */
record Generator(String name, List<String> definers, List<String> callers, boolean near) {
  private static final String XSLT = "xsltc.trax.TemplatesImpl";

  static Generator of(String name, List<String> definers, List<String> callers) {
    return new Generator(name, definers, callers, false);
  }

  static Generator near(String name, List<String> definers, List<String> callers) {
    return new Generator(name, definers, callers, true);
  }

  boolean isDefiner(String className) {
    return begins(className, definers);
  }

  boolean isCaller(String className) {
    return begins(className, callers);
  }

  /** Whether a class of that name would count for this generator. */
  boolean names(String className) {
    return isDefiner(className) || isCaller(className);
  }

  int reach(int ordinary) {
    return near ? 1 : ordinary;
  }

  /**
   * Compiled stylesheets are the one generator that unsafe deserialization is known to drive: then
   * a getter, another class's constructor or a stream calls it.
   */
  boolean refusedBy(List<StackWalker.StackFrame> frames) {
    if (definers.stream().noneMatch(definer -> definer.contains(XSLT))) {
      return false;
    }
    for (StackWalker.StackFrame frame : frames) {
      String name = frame.getClassName();
      if (frame.getMethodName().equals("getOutputProperties")
          || name.endsWith("xsltc.trax.TrAXFilter")
          || name.equals("java.io.ObjectInputStream")) {
        return true;
      }
    }
    return false;
  }

  private static boolean begins(String className, List<String> beginnings) {
    for (String beginning : beginnings) {
      if (beginning.charAt(0) == '*'
          ? className.contains(beginning.substring(1))
          : className.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }
}
