package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The entry point that {@code whorl.boot} calls if the agent is loaded into a JVM that already
 * runs, on the JVM's thread {@code Attach Listener}. A class of its own, so that a start before
 * {@code main} loads nothing of it. It must stay out of the bundle of the classes loaded before
 * {@code main}: loading it maps the archive, and then the jar may be deleted.
 */
public final class LateStarter implements BiFunction<@Nullable String, Instrumentation, String> {
  /**
   * Starts the agent.
   *
   * @param arguments the text after the agent's jar and {@code =}
   * @return the one line that the agent prints
   */
  @Override
  public String apply(@Nullable String arguments, Instrumentation instrumentation) {
    LateStart late = LateStart.of(arguments);
    return AgentStarter.late(late).apply(late.arguments(), instrumentation);
  }
}
