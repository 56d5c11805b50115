package whorl.agent;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;

/** Where {@code whorl.boot} hands over, on the application's main thread. */
public final class AgentStarter {
  private AgentStarter() {}

  /**
   * Arms the hooks, leaves the rest to agent threads, and returns.
   *
   * @param arguments what follows the agent's jar and {@code =}
   * @return the one line that the agent prints
   */
  public static String start(@Nullable String arguments, Instrumentation instrumentation)
      throws Exception {
    AgentConfig config = ConfigLoader.load(arguments, System::getProperty, System::getenv);
    return new RunningAgent(config, instrumentation).start();
  }
}
