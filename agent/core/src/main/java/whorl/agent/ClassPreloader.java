package whorl.agent;

import java.util.List;
import java.util.function.Function;

/**
 * Loads and initialises the agent's classes before a thread of the application can need them.
 *
 * <p>Hooks run wherever the application happens to be, also in the middle of loading or
 * initialising a class of the JDK. A class of the agent that is loaded there for the first time
 * takes locks and time at a moment that nobody chose, and another thread may hold what it waits
 * for. So each stage is loaded as a whole, on the thread that arms it, before it is armed: hooks,
 * event rings and what weaves before {@code main}; rules, and what else alerts pass through, when
 * the application has started. The build lists what belongs to each.
 */
final class ClassPreloader implements Runnable {
  private static final String HOOKS = "hooks";
  private static final String STAGES = "stages";
  private static final String END = "end";

  private final ClassLoader loader = ClassPreloader.class.getClassLoader();
  private final Function<String, List<String>> classesOf;

  /**
   * @param classesOf makes the loader ready for a stage, and names the stage's classes
   */
  ClassPreloader(Function<String, List<String>> classesOf) {
    this.classesOf = classesOf;
  }

  /** Loads all that is reached from a woven method, and all that weaves. */
  @Override
  public void run() {
    load(HOOKS);
    load(END);
  }

  /** All that an event, an alert or the JVM's end reaches on the application's threads. */
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
        // Of this JDK, which costs what the class is for: its first use fails, and is counted.
        continue;
      }
    }
  }
}
