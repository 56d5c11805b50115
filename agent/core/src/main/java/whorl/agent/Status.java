package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.environment.Environment;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.evidence.Text;
import whorl.rules.engine.RuleSet;
import whorl.rules.parse.RulePack;

/** What the agent can do in this JVM and what it has lost, for heartbeats and acquisition logs. */
final class Status {
  private static final int LINES_MAX = 20;
  private static final int LINE_CHARS = 200;
  private static final int LINES_CHARS = 900;

  private final Environment environment;
  private final RecordingStart recording;
  private final Hooks hooks;
  private final Instrumentation instrumentation;
  private final @Nullable String endOnOutOfMemory;
  private final List<Supplier<Map<String, Long>>> losses = new CopyOnWriteArrayList<>();
  private final Map<String, Object> fixedCapabilities = new ConcurrentHashMap<>();
  private volatile Supplier<RuleSet> rules = RuleSet::none;

  /**
   * @param endOnOutOfMemory why an end by lack of memory is not observed; null if it is
   */
  Status(
      Environment environment,
      RecordingStart recording,
      Hooks hooks,
      EventSink sink,
      Instrumentation instrumentation,
      @Nullable String endOnOutOfMemory) {
    this.environment = environment;
    this.recording = recording;
    this.hooks = hooks;
    this.instrumentation = instrumentation;
    this.endOnOutOfMemory = endOnOutOfMemory;
    add(sink::losses);
    add(recording::losses);
  }

  /** Adds a stage that counts what it drops. */
  void add(Supplier<Map<String, Long>> stage) {
    losses.add(stage);
  }

  /** Sets the source of the active rules, which may be replaced. */
  void rules(Supplier<RuleSet> inForce) {
    rules = inForce;
  }

  /** Adds a capability, or the lack of one, that does not change any more. */
  void capability(String name, Object value) {
    fixedCapabilities.put(name, value);
  }

  /** Weaves classes that were missed. It walks all classes, so not at every heartbeat. */
  void refresh() {
    hooks.weaveMissed(instrumentation);
  }

  Map<String, Object> capabilities() {
    Map<String, Object> capabilities = new LinkedHashMap<>(environment.capabilities());
    capabilities.putAll(fixedCapabilities);
    capabilities.put("recording", recording.describe());
    String without = MemoryBudget.OF_THIS_JVM.without();
    if (without != null) {
      capabilities.put("memory", without);
    }
    List<String> notWoven = hooks.notWoven();
    capabilities.put("hooks", notWoven.isEmpty() ? true : "not found: " + notWoven);
    if (endOnOutOfMemory != null) {
      capabilities.put("oom", endOnOutOfMemory);
    }
    RuleSet inForce = rules.get();
    capabilities.put("rules", inForce.rules().size() + inForce.correlations().size());
    capabilities.put("pushedRules", true);
    capabilities.put("builtInRules", BuiltInRules.DIGEST);
    putFirst(capabilities, "rulesRefused", inForce.problems());
    putFirst(capabilities, "rulesDisabled", inForce.leftOut());
    putFirst(capabilities, "ruleWarnings", inForce.warnings());
    if (hooks.failures() > 0) {
      capabilities.put("firstHookFailure", hooks.firstFailure());
    }
    return capabilities;
  }

  /** Is read when the first status is made, not at the application's start. */
  private static final class BuiltInRules {
    static final String DIGEST = RulePack.digest().hex();
  }

  private static void putFirst(Map<String, Object> capabilities, String name, List<String> lines) {
    if (!lines.isEmpty()) {
      capabilities.put(name, first(lines));
    }
  }

  /**
   * The first lines, and how many more there are. A collector refuses an agent with a capability of
   * more than 1,024 characters.
   */
  static List<String> first(List<String> lines) {
    List<String> first = new ArrayList<>();
    int chars = 0;
    for (String line : lines) {
      String cut = Text.atMost(line, LINE_CHARS);
      chars += cut.length() + 2;
      if (first.size() == LINES_MAX || chars > LINES_CHARS) {
        first.add("and " + (lines.size() - first.size()) + " more");
        break;
      }
      first.add(cut);
    }
    return first;
  }

  Map<String, Long> losses() {
    Map<String, Long> counts = new TreeMap<>();
    for (Supplier<Map<String, Long>> stage : losses) {
      counts.putAll(stage.get());
    }
    counts.putAll(hooks.losses());
    counts.put("hooks.failed", hooks.failures());
    counts.put("hooks.visitsMissed", hooks.missedVisits());
    counts.put("classes.bytesDropped", hooks.generatedClasses().dropped());
    counts.put("classes.uncompared", hooks.generatedClasses().uncompared());
    counts.put("classes.altered", hooks.generatedClasses().altered());
    counts.put("classes.unknownForgotten", hooks.generatedClasses().forgotten());
    counts.put("classes.changesNotNoted", hooks.redefinitions().dropped());
    counts.values().removeIf(count -> count == 0);
    return counts;
  }
}
