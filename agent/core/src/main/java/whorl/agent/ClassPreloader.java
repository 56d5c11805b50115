package whorl.agent;

import java.util.List;
import java.util.function.Function;

/**
 * Loads and initialises the agent's classes before an application thread can need them.
 *
 * <p>Hooks run anywhere in the application, also while it loads or initialises a class of the JDK.
 * Loading an agent class for the first time at such a moment takes locks and time, and another
 * thread may hold the lock. So each stage is loaded as a whole, on the thread that arms it, before
 * it is armed: hooks, event rings and weaving before {@code main}; rules and the path of alerts
 * once the application has started. The build lists the classes of each stage.
 */
final class ClassPreloader implements Runnable {
  private static final String HOOKS = "hooks";
  private static final String STAGES = "stages";
  private static final String END = "end";

  private final ClassLoader loader = ClassPreloader.class.getClassLoader();
  private final Function<String, List<String>> classesOf;

  /**
   * @param classesOf prepares the loader for a stage and returns the names of the stage's classes
   */
  ClassPreloader(Function<String, List<String>> classesOf) {
    this.classesOf = classesOf;
  }

  /** Loads everything that woven methods reach, and everything that weaves. */
  @Override
  public void run() {
    load(HOOKS);
    load(END);
  }

  /** Loads what an event, an alert or the JVM's end reaches on the application's threads. */
  void stages() {
    load(STAGES);
  }

  private void load(String stage) {
    for (String name : classesOf.apply(stage)) {
      try {
        Class.forName(name, true, loader);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("the agent's jar lists " + name + " and lacks it", e);
      } catch (LinkageError otherShape) {
        // This JDK lacks what the class needs: its first use fails, and is counted.
        continue;
      }
    }
  }
}
