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

  /** Those that call whatever method they are told to. */
  private static final List<String> TOLD_TO =
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

  /** Whether a class of that name would count for this generator. */
  boolean names(String className) {
    return isDefiner(className) || isCaller(className);
  }

  int reach(int ordinary) {
    return near ? 1 : ordinary;
  }

  /**
   * Compiled stylesheets are the one generator that unsafe deserialization and expressions are
   * known to drive: then a getter, another class's constructor, or something that calls whatever it
   * is told to, stands behind.
   */
  boolean refusedBy(List<StackWalker.StackFrame> frames) {
    if (!makesStylesheets()) {
      return false;
    }
    for (StackWalker.StackFrame frame : frames) {
      String name = frame.getClassName();
      if (frame.getMethodName().equals("getOutputProperties")
          || name.endsWith("xsltc.trax.TrAXFilter")
          || begins(name, TOLD_TO)) {
        return true;
      }
    }
    return false;
  }

  /** A loop, since it is asked of the first classes that are made in a JVM. */
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
