package org.slf4j.helpers;

/**
 * Stands before SLF4J's class of the same name, which prints to the application's standard error:
 * for one, when the application sets {@code slf4j.provider} to a provider that the agent's class
 * loader rightly does not see. The agent prints nothing, so this one says nothing.
 */
public final class Reporter {
  private Reporter() {}

  /** Said to nobody. */
  public static void debug(String message) {}

  /** Said to nobody. */
  public static void info(String message) {}

  /** Said to nobody. */
  public static void warn(String message) {}

  /** Said to nobody. */
  public static void error(String message, Throwable cause) {}

  /** Said to nobody. */
  public static void error(String message) {}
}
