package whorl.evidence.channel;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Copies;

/**
 * One recorded call of a probed method.
 *
 * @param number counts the recorded calls of the probe in this JVM, from 1
 * @param at when the call began, by the agent's clock
 * @param thread the Java thread's name
 * @param method such as {@code find(java.lang.String, int)}
 * @param arguments one text for each parameter: its type and size, or its value cut and redacted
 * @param thrown the class of the exception with which it ended; null if it returned
 * @param nanos how long it took
 * @param request the id of the request for which it was called
 * @param stack of the caller, the innermost frame first; empty unless it was asked for
 */
public record ProbeCall(
    long number,
    Instant at,
    String thread,
    String method,
    List<String> arguments,
    @Nullable String thrown,
    long nanos,
    @Nullable String request,
    List<String> stack) {
  /** Limit of the arguments that are shown; a JVM allows 255. */
  public static final int ARGUMENTS_MAX = 32;

  /** Limit of the frames. */
  public static final int FRAMES_MAX = 64;

  public ProbeCall {
    arguments = Copies.copy("arguments", arguments, ARGUMENTS_MAX);
    stack = Copies.copy("stack", stack, FRAMES_MAX);
  }
}
