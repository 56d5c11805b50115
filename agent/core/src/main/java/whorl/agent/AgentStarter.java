package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.JvmOptions;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;
import whorl.agent.encrypt.Recipient;
import whorl.agent.event.EpochClock;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.system.OutOfMemoryHook;
import whorl.agent.redact.Redactor;

/**
 * Where {@code whorl.boot} hands over, on the application's main thread: it reads the settings,
 * arms the hooks, leaves all the rest to agent threads that wait until the application has started,
 * and returns.
 */
public final class AgentStarter {
  private static final int FIRST_WITH_AOT_CACHE = 24;

  private AgentStarter() {}

  /**
   * Starts the agent.
   *
   * @param arguments what follows the agent's jar and {@code =}
   * @return the one line that the agent prints
   */
  public static String start(@Nullable String arguments, Instrumentation instrumentation)
      throws Exception {
    AgentConfig config = ConfigLoader.load(arguments, System::getProperty, System::getenv);
    if (!config.enabled()) {
      return "not started: it is disabled";
    }
    if (Runtime.version().feature() >= FIRST_WITH_AOT_CACHE
        && JvmOptions.trainAotCache(new ModuleOpener(instrumentation))) {
      return "not started: this run trains an AOT cache, which will do for runs with the agent";
    }
    EpochClock clock = new EpochClock();
    EventSink sink = new EventSink(clock);
    Patience patience = new Patience(config.startPatience());
    sink.forwardTo(patience);
    Hooks hooks =
        Hooks.of(
            sink,
            disabledHooks(config),
            System.getProperty("user.dir", "/"),
            new Redactor(config.redactKeys())::text,
            new AgentThreads.Own());
    hooks.install(instrumentation);
    if (hooks.end() != null) {
      hooks.end().early(patience::endsEarly);
    }
    Rest rest = new Rest(config, instrumentation, clock, sink, hooks, patience);
    new AgentThreads("start").newThread(rest).start();
    return line(config);
  }

  /** All the rest, which is not even loaded before the application has started. */
  private record Rest(
      AgentConfig config,
      Instrumentation instrumentation,
      EpochClock clock,
      EventSink sink,
      Hooks hooks,
      Patience patience)
      implements Runnable {
    @Override
    public void run() {
      try {
        patience.await();
      } catch (InterruptedException nobodyDoesThat) {
        Thread.currentThread().interrupt();
      }
      hooks.startIsOver();
      Stages.connect(config, instrumentation, clock, sink, hooks, patience.jvmEnds());
    }
  }

  /** A rule that has a hook to itself takes it along. */
  private static Set<String> disabledHooks(AgentConfig config) {
    Set<String> disabled = new HashSet<>(config.hooksDisabled());
    if (OutOfMemoryWatch.isOff(config.rules().disabled())) {
      disabled.add(OutOfMemoryHook.WORD);
    }
    return disabled;
  }

  static String line(AgentConfig config) {
    StringBuilder line =
        new StringBuilder(Version.TEXT).append(" watches this JVM; evidence goes to ");
    if (config.collector().url() != null) {
      line.append(config.collector().url());
    } else if (config.evidenceDir() != null) {
      line.append(config.evidenceDir());
    } else {
      line.append("nobody: set WHORL_COLLECTOR_URL");
    }
    if (config.evidenceRecipient() != null) {
      Encryption encryption = Encryption.of(config.evidenceRecipient());
      Recipient recipient = encryption.recipient();
      line.append(recipient == null ? "; " + encryption.refusal() : ", encrypted to " + recipient);
    }
    List<String> problems = config.problems();
    if (!problems.isEmpty()) {
      line.append("; not understood: ").append(String.join("; ", problems));
    }
    return line.toString();
  }
}
