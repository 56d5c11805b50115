package whorl.agent.hook;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Failures in the agent's own code, where the application must not notice them: a count, and the
 * first one's text.
 */
final class Failures {
  private final AtomicLong count = new AtomicLong();
  private volatile String first = "";

  /** Calls methods of the JDK's and the agent's classes only: others may be the application's. */
  void add(Throwable failure) {
    if (count.getAndIncrement() == 0) {
      Class<?> type = failure.getClass();
      first = isPlain(type) ? failure.toString() : type.getName();
    }
  }

  /** Some of the JDK's other exceptions ask their cause for a text. */
  private static boolean isPlain(Class<?> type) {
    Module module = type.getModule();
    return module == Failures.class.getModule()
        || module == Object.class.getModule() && type.getName().startsWith("java.lang.");
  }

  long count() {
    return count.get();
  }

  /** The first failure's text; empty while there is none. */
  String first() {
    return first;
  }
}
