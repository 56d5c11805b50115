package whorl.agent.capture;

import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ThreadState;

/** The JVM's system properties, for which the application can install a class of its own. */
public final class JvmProperties {
  private JvmProperties() {}

  /** The property's value; null if it has none. Meanwhile this thread is observed. */
  public static @Nullable String get(String name) {
    try {
      return ThreadState.observed(() -> System.getProperty(name));
    } catch (RuntimeException | Error ofTheApplication) {
      return null;
    }
  }
}
