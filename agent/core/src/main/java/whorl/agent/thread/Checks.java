package whorl.agent.thread;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the parts of a thread's periodic work. A part that fails keeps no other from its turn. Its
 * failure is logged once, until the part works again or fails in another way. For one thread.
 */
public final class Checks {
  private static final Logger LOG = LoggerFactory.getLogger(Checks.class);

  private final Map<String, String> failures = new HashMap<>();

  /** One part. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }

  /**
   * Runs one part, and returns however it ends.
   *
   * @param name for the log, such as {@code hooks}
   */
  public void run(String name, Check check) {
    try {
      check.run();
      failures.remove(name);
    } catch (OutOfMemoryError noRoom) {
      // The next round runs it again.
    } catch (Exception | LinkageError | StackOverflowError e) {
      String failure = e.toString();
      if (!failure.equals(failures.put(name, failure))) {
        LOG.warn("the check of {} failed, and is repeated: {}", name, failure);
      }
    }
  }
}
