package whorl.agent.hook;

import java.io.FileInputStream;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.hook.weave.Holder;

/**
 * Checks, on an agent thread, whether the hooks still work, and restores those that do not: the
 * holder class must call this agent, the JVM must call the transformer for classes, and woven
 * methods must report a visit. The visits used for the check are harmless, run on this thread and
 * reach no hook.
 */
public final class HookGuard {
  private static final Thread NEVER_STARTED = new Thread(null, null, "whorl-never", 0, false);

  private final HookDispatcher hookDispatcher;
  private final Transformer transformer;
  private final Holder holder;
  private final Instrumentation instrumentation;
  private final TransformerList transformers;
  private final boolean selfTests;
  private final Map<String, TestVisit> testVisits = new TreeMap<>();

  HookGuard(
      HookDispatcher hookDispatcher,
      Transformer transformer,
      Holder holder,
      Instrumentation instrumentation) {
    this.hookDispatcher = hookDispatcher;
    this.transformer = transformer;
    this.holder = holder;
    this.instrumentation = instrumentation;
    this.transformers = new TransformerList(instrumentation);
    this.selfTests = hookDispatcher.has("tamper");
  }

  /** Something that was undone; it is restored if that was possible. */
  public record Finding(Tampering kind, String target, String detail) {}

  private interface TestVisit {
    void perform() throws Exception;
  }

  /** Checks whether woven methods report their visits; takes microseconds. */
  public List<Finding> check() throws UnmodifiableClassException {
    List<Finding> findings = new ArrayList<>();
    holder
        .repair()
        .forEach(
            (field, replacement) ->
                findings.add(
                    new Finding(
                        Tampering.OBSERVER_REPLACED,
                        "java.lang.WhorlHooks." + field,
                        "by " + replacement)));
    if (Boolean.FALSE.equals(transformers.includes(transformer))) {
      findings.addAll(addTransformer());
    }
    findings.addAll(hookDispatcher.lostVisits(stackEnds()));
    Set<String> unreported = unreportedGroups();
    if (!unreported.isEmpty()) {
      transformer.weaveLoaded(instrumentation);
      Set<String> stillUnreported = unreportedGroups();
      findings.add(
          new Finding(
              Tampering.HOOKS_UNDONE,
              String.join(", ", unreported),
              stillUnreported.isEmpty()
                  ? "woven again"
                  : "could not be woven again: " + stillUnreported));
    }
    return findings;
  }

  private long stackEnds() {
    try {
      return holder.stackEnds();
    } catch (ReflectiveOperationException changed) {
      return 0;
    }
  }

  /** Checks whether the JVM calls the transformer for classes; loads one class for that. */
  public List<Finding> checkTransformer() throws UnmodifiableClassException {
    return Probe.transformerIsCalled() ? List.of() : addTransformer();
  }

  /** True if the hook that a self-test starts with is active. */
  public boolean canSelfTest() {
    return selfTests;
  }

  /**
   * Tests the path of events from a woven method onwards, see {@link SelfTestProgress}.
   *
   * @return false if the hook that it starts with is disabled
   */
  public boolean selfTest(SelfTestProgress progress) {
    if (!canSelfTest()) {
      return false;
    }
    progress.begin();
    hookDispatcher.asApplication(progress.visited()::interrupt);
    return true;
  }

  private List<Finding> addTransformer() throws UnmodifiableClassException {
    instrumentation.addTransformer(transformer, true);
    transformer.weaveLoaded(instrumentation);
    return List.of(
        new Finding(
            Tampering.TRANSFORMER_REMOVED,
            Transformer.class.getName(),
            Probe.transformerIsCalled() ? "added again" : "could not be added again"));
  }

  /** The groups of the hooks whose methods were visited without a report. */
  private Set<String> unreportedGroups() {
    if (testVisits.isEmpty()) {
      prepare();
    }
    Set<String> unreported = new TreeSet<>();
    testVisits.forEach(
        (group, testVisit) -> {
          if (hookDispatcher.has(group)
              && !hookDispatcher.reaches(group, () -> perform(testVisit))) {
            unreported.add(group);
          }
        });
    return unreported;
  }

  /** Not in the constructor, because that runs while the application starts. */
  private void prepare() {
    testVisits.put("file", () -> new FileInputStream("/dev/null").close());
    testVisits.put("script", () -> Object.class.getMethod("hashCode"));
    testVisits.put("tamper", NEVER_STARTED::interrupt);
  }

  private static void perform(TestVisit testVisit) {
    try {
      testVisit.perform();
    } catch (Exception ignored) {
      // Only the visit matters, not its success.
    }
  }
}
