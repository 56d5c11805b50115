package org.slf4j.helpers;

/**
 * Shadows SLF4J's class of the same name, which prints to the application's standard error, for
 * example if the application sets {@code slf4j.provider} to a provider that the agent's class
 * loader does not see. The agent must print nothing, so this class ignores all messages.
 */
public final class Reporter {
  private Reporter() {}

  /** Ignored. */
  public static void debug(String message) {}

  /** Ignored. */
  public static void info(String message) {}

  /** Ignored. */
  public static void warn(String message) {}

  /** Ignored. */
  public static void error(String message, Throwable cause) {}

  /** Ignored. */
  public static void error(String message) {}
}
