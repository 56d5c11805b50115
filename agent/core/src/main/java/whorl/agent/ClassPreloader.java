package whorl.agent;

import java.util.List;
import java.util.function.Function;

/**
 * Loads and initialises the agent's classes before a thread of the application can need them.
 *
 * <p>Hooks run wherever the application happens to be, also in the middle of loading or
 * initialising a class of the JDK. A class of the agent that is loaded there for the first time
 * takes locks and time at a moment that nobody chose, and another thread may hold what it waits
 * for. So each stage is loaded as a whole, on the thread that arms it, before it is armed: hooks
 * and event rings before {@code main}, rules and the way to the recording when those start.
 */
final class ClassPreloader {
  /** What each hook, and everything that it calls while it observes, is made of. */
  private static final List<String> OBSERVING =
      List.of("whorl.agent.hook", "whorl.agent.event", "whorl.agent.console");

  /** What events and alerts pass through on the threads that they happen on. */
  private static final List<String> FORWARDING =
      List.of("whorl.agent.rule", "whorl.agent.redact", "whorl.agent.log", "whorl.evidence");

  private static final String WIRING = "whorl.agent";
  private static final String WEAVING = "net.bytebuddy.jar.asm";

  private final ClassLoader loader = ClassPreloader.class.getClassLoader();
  private final Function<String, List<String>> classesBelow;

  /**
   * @param classesBelow names of the classes in a package and in those below it
   */
  ClassPreloader(Function<String, List<String>> classesBelow) {
    this.classesBelow = classesBelow;
  }

  /** All that is reached from a woven method, and all that weaves. */
  void hooks() {
    for (String tree : OBSERVING) {
      tree(tree);
    }
    for (String name : classesBelow.apply(WEAVING)) {
      if (name.lastIndexOf('.') == WEAVING.length()) {
        load(name);
      }
    }
  }

  /** All that an event, an alert or the JVM's end reaches on the application's threads. */
  void stages() {
    for (String tree : FORWARDING) {
      tree(tree);
    }
    for (String name : classesBelow.apply(WIRING)) {
      if (name.lastIndexOf('.') == WIRING.length()) {
        load(name);
      }
    }
  }

  private void tree(String packageName) {
    for (String name : classesBelow.apply(packageName)) {
      if (!needsJfr(name)) {
        load(name);
      }
    }
  }

  private void load(String name) {
    try {
      Class.forName(name, true, loader);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the agent's jar lists " + name + " and lacks it", e);
    }
  }

  /** Classes that may be initialised only once JFR is, and only where there is one. */
  private static boolean needsJfr(String name) {
    return name.startsWith("whorl.agent.event.jfr.");
  }
}
