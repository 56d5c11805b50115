package whorl.agent.hook.entry;

import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.event.StackFormat;

/**
 * Finds out what makes this thread act, if the application's code did not request it by name: an
 * expression engine or the reading of objects, by the innermost of their frames.
 */
final class ExpressionEngineFinder {
  private static final StackFormat FRAMES = new StackFormat(64);
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** Beginnings of class names, each with the engine's word. */
  private static final String[][] KNOWN = {
    {"org.springframework.expression.", "spel"},
    {"ognl.", "ognl"},
    {"org.apache.ibatis.ognl.", "ognl"},
    {"org.apache.commons.ognl.", "ognl"},
    {"org.mvel2.", "mvel"},
    {"org.apache.commons.jexl", "jexl"},
    {"org.codehaus.groovy.", "groovy"},
    {"org.apache.groovy.", "groovy"},
    {"groovy.lang.", "groovy"},
    {"org.apache.el.", "el"},
    {"com.sun.el.", "el"},
    {"de.odysseus.el.", "el"},
    {"org.openjdk.nashorn.", "nashorn"},
    {"jdk.nashorn.", "nashorn"},
    {"com.oracle.truffle.", "graal"},
    {"org.mozilla.javascript.", "rhino"},
    {"bsh.", "beanshell"},
    {"org.apache.velocity.", "velocity"},
    {"freemarker.", "freemarker"},
    {"org.apache.commons.collections.functors.", "functor"},
    {"org.apache.commons.collections4.functors.", "functor"},
    {"java.io.ObjectInputStream", "deserialization"},
    {"org.yaml.snakeyaml.constructor.", "snakeyaml"},
  };

  private ExpressionEngineFinder() {}

  /**
   * Returns the engine's word. It is null if there is no engine on the stack. It is also null if
   * the innermost engine, or a class that it makes use of, is only being initialised, because the
   * look-ups of class initialisers come from no expression.
   */
  static @Nullable String find() {
    String found = null;
    for (StackWalker.StackFrame frame : WALKER.walk(FRAMES)) {
      String word = wordFor(frame.getClassName());
      if ((word != null || found == null) && frame.getMethodName().equals("<clinit>")) {
        return null;
      }
      if (found == null) {
        found = word;
      } else if (word == null && !ClassFacts.isOfBootLoader(frame.getDeclaringClass())) {
        break;
      }
    }
    return found;
  }

  static @Nullable String wordFor(String className) {
    for (String[] known : KNOWN) {
      if (className.startsWith(known[0])) {
        return known[1];
      }
    }
    return null;
  }
}
