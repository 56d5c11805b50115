package whorl.agent.hook.code;

import java.util.List;

/**
 * A library that generates classes, and how to recognise it.
 *
 * @param name as findings and {@code classes.ndjson} give it
 * @param definers beginnings of the names of its classes that pass bytes to the JDK; a leading
 *     {@code *} stands for the prefix of a repackaged copy
 * @param callers beginnings of class names. A frame of one must be further down the stack: else any
 *     code could have called the definer with bytes of its own. Empty if no other code can pass
 *     bytes to the definer
 * @param near true if the caller must be the very next frame
 */
record Generator(String name, List<String> definers, List<String> callers, boolean near) {
  private static final String XSLT = "xsltc.trax.TemplatesImpl";

  /** Classes that call an arbitrary method on request. */
  private static final List<String> REFLECTIVE_CALLERS =
      List.of(
          "java.io.ObjectInputStream",
          "java.beans.",
          "com.sun.beans.decoder.",
          "sun.reflect.annotation.AnnotationInvocationHandler",
          "javax.naming.",
          "javax.script.",
          "ognl.",
          "org.mvel2.",
          "groovy.",
          "bsh.",
          "org.springframework.expression.",
          "org.apache.commons.collections",
          "org.apache.commons.beanutils.",
          "org.apache.commons.jexl");

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

  /** True if a class of that name would count for this generator. */
  boolean includes(String className) {
    return isDefiner(className) || isCaller(className);
  }

  int reach(int ordinary) {
    return near ? 1 : ordinary;
  }

  /**
   * True if a known exploit drives the generator. Compiled stylesheets are the one generator that
   * unsafe deserialization and expressions are known to drive. In that case a getter, the
   * constructor of another class, or code that calls arbitrary methods is further down the stack.
   */
  boolean isExploitedBy(List<StackWalker.StackFrame> frames) {
    if (!makesStylesheets()) {
      return false;
    }
    for (StackWalker.StackFrame frame : frames) {
      String name = frame.getClassName();
      if (frame.getMethodName().equals("getOutputProperties")
          || name.endsWith("xsltc.trax.TrAXFilter")
          || begins(name, REFLECTIVE_CALLERS)) {
        return true;
      }
    }
    return false;
  }

  /** A loop and not a stream, because it runs for the first classes generated in a JVM. */
  private boolean makesStylesheets() {
    for (String definer : definers) {
      if (definer.contains(XSLT)) {
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
