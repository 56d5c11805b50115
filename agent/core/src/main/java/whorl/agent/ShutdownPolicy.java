package whorl.agent;

import whorl.agent.config.AgentConfig;
import whorl.agent.config.AgentConfig.OnExit;
import whorl.agent.hook.end.Ending;

/**
 * What the end of the JVM may wait for, by the settings alone: the question is asked on the thread
 * that ends the JVM, perhaps before anything but the hooks is there.
 *
 * @param somewhere whether there is a collector or a folder for evidence; without one nobody gets
 *     anything out of a wait
 * @param limitNanos for everything together, counted from when the end begins
 */
record ShutdownPolicy(OnExit onExit, boolean somewhere, long limitNanos) {
  /** Of the limit; the rest is for the capture and for shipping it. */
  private static final int EARLY_EIGHTHS = 5;

  static ShutdownPolicy of(AgentConfig config) {
    return new ShutdownPolicy(
        config.capture().onExit(),
        config.evidenceGoesSomewhere(),
        config.capture().onExitLimit().toNanos());
  }

  /** Whether the program itself ends it as a failure. */
  static boolean failed(Ending ending) {
    return ending.uncaught() != null || (ending.kind() == Ending.Kind.EXIT && ending.status() != 0);
  }

  /** Whether there is to be a last capture. */
  boolean wantsLast(boolean abnormal) {
    return somewhere && (onExit == OnExit.ALWAYS || (onExit == OnExit.ABNORMAL && abnormal));
  }

  /** Whether an alert that may still come is worth a wait. */
  boolean waitsForAlerts() {
    return somewhere && onExit != OnExit.NEVER;
  }

  /** Whether the capture of an open alert is told how the JVM ended. */
  boolean joinsOpenAlert() {
    return onExit != OnExit.NEVER;
  }

  /** Of the limit, what the agent may take to get ready when the end comes before it is. */
  long earlyNanos() {
    return limitNanos / 8 * EARLY_EIGHTHS;
  }
}
