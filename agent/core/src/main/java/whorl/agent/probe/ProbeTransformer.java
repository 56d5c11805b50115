package whorl.agent.probe;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.Hooks;
import whorl.agent.probe.weave.ProbeWeaving;
import whorl.agent.probe.weave.ProbedMethod;

/**
 * Weaves the running probes into the classes that are retransformed, and notices when a class loads
 * that a probe waits for. The JVM has it only while there are probes. On the application's threads,
 * which load classes, it compares a few names.
 */
final class ProbeTransformer implements ClassFileTransformer, Hooks.LateWeaving {
  /** Limit of the methods in each class. */
  static final int METHODS_MAX = 20;

  private final ProbePoints points;
  private final CopyOnWriteArrayList<Target> targets = new CopyOnWriteArrayList<>();
  private volatile String[] awaited = {};
  private volatile boolean noticed;

  /** The class that a probe is woven into, in all loaders, and what came of it. */
  static final class Target {
    private final RunningProbe probe;
    private final String internalName;
    private volatile List<ProbedMethod> woven = List.of();
    private volatile List<String> problems = List.of();

    Target(RunningProbe probe) {
      this.probe = probe;
      this.internalName = probe.request().type().replace('.', '/');
    }

    /** What was woven into the class in any loader; empty if nothing was. */
    List<ProbedMethod> woven() {
      return woven;
    }

    private void wove(List<ProbedMethod> methods) {
      Set<ProbedMethod> all = new LinkedHashSet<>(woven);
      all.addAll(methods);
      woven = List.copyOf(all);
    }

    List<String> problems() {
      return problems;
    }
  }

  ProbeTransformer(ProbePoints points) {
    this.points = points;
  }

  void add(Target target) {
    targets.add(target);
  }

  void remove(RunningProbe probe) {
    targets.removeIf(target -> target.probe == probe);
  }

  /** From now on, the loading of these classes is noticed. */
  void await(List<String> classNames) {
    awaited = classNames.stream().map(name -> name.replace('.', '/')).toArray(String[]::new);
  }

  /** True if such a class has begun to load since the last call. */
  boolean takeNoticed() {
    boolean was = noticed;
    noticed = false;
    return was;
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (name == null) {
      return null;
    }
    if (redefined == null) {
      for (String each : awaited) {
        if (each.equals(name)) {
          noticed = true;
        }
      }
      return null;
    }
    byte[] woven = woven(name, bytes);
    return woven == bytes ? null : woven;
  }

  /** Runs on the thread that retransforms the class, so no failure may leave it. */
  @Override
  public byte[] woven(String internalName, byte[] classFile) {
    byte[] woven = classFile;
    for (Target target : targets) {
      if (target.internalName.equals(internalName)) {
        woven = woven(target, woven);
      }
    }
    return woven;
  }

  private byte[] woven(Target target, byte[] classFile) {
    try {
      ProbeWeaving.Result result =
          ProbeWeaving.weave(
              classFile,
              target.probe.request().method(),
              target.probe.request().descriptor(),
              METHODS_MAX,
              method -> points.numberOf(target.probe, method));
      target.problems = result.problems();
      byte[] bytes = result.bytes();
      if (bytes == null) {
        return classFile;
      }
      target.wove(result.methods());
      return bytes;
    } catch (RuntimeException | LinkageError failure) { // the class stays unchanged
      List<String> problems = new ArrayList<>(target.problems);
      problems.add("the class cannot be woven: " + failure);
      target.problems = List.copyOf(problems);
      return classFile;
    }
  }
}
