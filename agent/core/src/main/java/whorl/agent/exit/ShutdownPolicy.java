package whorl.agent.exit;

import whorl.agent.config.AgentConfig;
import whorl.agent.config.AgentConfig.OnExit;
import whorl.agent.hook.end.Ending;

/**
 * Decides what the end of the JVM may wait for, from the settings alone: the thread that ends the
 * JVM calls this, perhaps before anything but the hooks exists.
 *
 * @param hasDestination true if there is a collector or a folder for evidence; without one, waiting
 *     gains nothing
 * @param limitNanos limit for everything together, counted from when the end begins
 */
public record ShutdownPolicy(OnExit onExit, boolean hasDestination, long limitNanos) {
  /** Eighths of the limit; the rest is for the capture and for shipping it. */
  private static final int EARLY_EIGHTHS = 5;

  public static ShutdownPolicy of(AgentConfig config) {
    return new ShutdownPolicy(
        config.capture().onExit(),
        config.hasDestination(),
        config.capture().onExitLimit().toNanos());
  }

  /** True if the program itself ends as a failure. */
  public static boolean failed(Ending ending) {
    return ending.uncaught() != null || (ending.kind() == Ending.Kind.EXIT && ending.status() != 0);
  }

  /** True if there must be a last capture. */
  public boolean wantsLast(boolean abnormal) {
    return hasDestination && (onExit == OnExit.ALWAYS || (onExit == OnExit.ABNORMAL && abnormal));
  }

  /** True if an alert that may still come is worth waiting for. */
  public boolean waitsForAlerts() {
    return hasDestination && onExit != OnExit.NEVER;
  }

  /** True if the capture of an open alert records how the JVM ended. */
  boolean joinsOpenAlert() {
    return onExit != OnExit.NEVER;
  }

  /**
   * Returns the part of the limit that the agent may use to get ready, if the end comes before it
   * is.
   */
  public long earlyLimitNanos() {
    return limitNanos / 8 * EARLY_EIGHTHS;
  }
}
