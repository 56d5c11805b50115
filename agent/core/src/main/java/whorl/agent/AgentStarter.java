package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.JvmOptions;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;
import whorl.agent.config.JvmSettings;
import whorl.agent.config.MemoryBudget;
import whorl.agent.encrypt.Recipient;
import whorl.agent.event.EventLimits;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.exit.ShutdownPolicy;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.system.OutOfMemoryHook;
import whorl.agent.memory.OutOfMemoryWatch;
import whorl.agent.redact.Redactor;
import whorl.agent.seal.Encryption;
import whorl.agent.start.StartupGate;
import whorl.agent.thread.AgentThreads;
import whorl.agent.thread.ThreadRoom;

/**
 * The entry point that {@code whorl.boot} calls on the application's main thread, or through {@link
 * LateStarter} in a JVM that already runs. It reads the settings, arms the hooks and returns; agent
 * threads do everything else once the application has started.
 */
public final class AgentStarter implements BiFunction<@Nullable String, Instrumentation, String> {
  private static final int FIRST_WITH_AOT_CACHE = 24;
  private static final String ADDRESS_SIGNS = "@?=%#";

  /** A longer run of letters and digits may be a random secret. */
  private static final int WORD_MAX_CHARS = 15;

  private @Nullable LateStart late;

  /**
   * For a start in a JVM that already runs. No constructor has {@link LateStart} as a parameter,
   * because looking up a constructor by reflection loads the types of all their parameters.
   */
  static AgentStarter late(LateStart late) {
    AgentStarter starter = new AgentStarter();
    starter.late = late;
    return starter;
  }

  /**
   * Starts the agent.
   *
   * @param arguments the text after the agent's jar and {@code =}
   * @return the one line that the agent prints
   */
  @Override
  public String apply(@Nullable String arguments, Instrumentation instrumentation) {
    // First of all, before loading anything that takes memory.
    MemoryBudget budget = MemoryBudget.OF_THIS_JVM;
    if (budget.off()) {
      return "not started: " + budget.without();
    }
    AgentConfig config =
        ConfigLoader.load(
            arguments,
            late == null ? JvmSettings.SYSTEM_PROPERTIES : late.properties(),
            JvmSettings.ENVIRONMENT);
    if (!config.enabled()) {
      return "not started: it is disabled";
    }
    if (Runtime.version().feature() >= FIRST_WITH_AOT_CACHE
        && JvmOptions.trainAotCache(new ModuleOpener(instrumentation))) {
      return "not started: this run trains an AOT cache, which will do for runs with the agent";
    }
    EpochClock clock = new EpochClock();
    EventSink sink = new EventSink(clock, EventLimits.within(budget.eventBytes(), budget.stacks()));
    ShutdownPolicy policy = ShutdownPolicy.of(config);
    // An application that is attached to has started long ago.
    StartupGate startupGate =
        new StartupGate(late == null ? config.startPatience() : Duration.ZERO, policy, budget);
    sink.forwardTo(startupGate);
    Hooks hooks =
        Hooks.of(
            sink,
            disabledHooks(config),
            System.getProperty("user.dir", "/"),
            new AgentThreads.Own());
    ClassPreloader preloader = new ClassPreloader(classesOf());
    try {
      hooks.install(instrumentation, preloader);
    } catch (ReflectiveOperationException | UnmodifiableClassException otherShape) {
      throw new IllegalStateException("the hooks do not fit this JVM: " + otherShape, otherShape);
    }
    if (hooks.end() != null) {
      hooks.end().waitEarly(startupGate, policy.earlyLimitNanos());
    }
    Rest rest = new Rest(config, instrumentation, clock, sink, hooks, startupGate, preloader, late);
    new AgentThreads("start").newThread(rest).start();
    return line(config);
  }

  /** Prepares the agent's class loader for a stage and returns the names of the stage's classes. */
  @SuppressWarnings("unchecked")
  private static Function<String, List<String>> classesOf() {
    return (Function<String, List<String>>)
        Objects.requireNonNull(AgentStarter.class.getClassLoader());
  }

  /** Everything but the hooks; not even loaded before the application has started. */
  private record Rest(
      AgentConfig config,
      Instrumentation instrumentation,
      EpochClock clock,
      EventSink sink,
      Hooks hooks,
      StartupGate startupGate,
      ClassPreloader preloader,
      @Nullable LateStart late)
      implements Runnable {
    @Override
    public void run() {
      try {
        startupGate.await();
      } catch (InterruptedException unexpected) {
        Thread.currentThread().interrupt();
      }
      StartedParts parts = new StartedParts(startupGate::jvmEnds);
      parts.withMemory(preloader::stages);
      hooks.startupEnded();
      try {
        awaitThreads();
        parts.withMemory(
            () ->
                AgentWiring.connect(
                    config, instrumentation, clock, sink, hooks, startupGate, late, parts));
      } finally {
        if (hooks.end() != null) {
          hooks.end().stopWaiting();
        }
        // Only now: the rules have read the held events, so packing them earlier would cost time.
        sink.packHeld();
      }
    }

    private void awaitThreads() {
      try {
        new ThreadRoom().await(startupGate::jvmEnds);
      } catch (InterruptedException unexpected) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A hook that serves a single rule is disabled together with that rule. */
  private static Set<String> disabledHooks(AgentConfig config) {
    Set<String> disabled = new HashSet<>(config.hooksDisabled());
    if (OutOfMemoryWatch.isOff(config.rules().disabled())) {
      disabled.add(OutOfMemoryHook.WORD);
    }
    return disabled;
  }

  public static String line(AgentConfig config) {
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
    if (config.collector().url() != null && !config.collector().hasProof()) {
      line.append("; the collector will refuse it: set WHORL_COLLECTOR_TOKEN");
    }
    String without = MemoryBudget.OF_THIS_JVM.without();
    if (without != null) {
      line.append("; ").append(without);
    }
    List<String> problems = config.problems();
    if (!problems.isEmpty()) {
      line.append("; not understood: ").append(String.join("; ", problems));
    }
    // Most lines have nothing to mask, and start-up should load no further classes.
    return problems.isEmpty() && isPlain(line)
        ? line.toString()
        : new Redactor(config.redactKeys()).text(line.toString());
  }

  /** True if no address in the line has more than a host, a port and a path of words. */
  private static boolean isPlain(CharSequence line) {
    int letters = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      letters = Character.isLetterOrDigit(c) ? letters + 1 : 0;
      boolean parameter = c == ';' && i + 1 < line.length() && line.charAt(i + 1) != ' ';
      if (letters > WORD_MAX_CHARS || parameter || ADDRESS_SIGNS.indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }
}
