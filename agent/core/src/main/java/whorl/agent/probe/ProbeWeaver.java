package whorl.agent.probe;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.weave.Holder;
import whorl.agent.probe.weave.ProbeWeaving;
import whorl.agent.probe.weave.ProbedMethod;

/**
 * Weaves probes into loaded classes and takes them out again. While there is no probe, the JVM has
 * no transformer of it, the holder class no observer, and no class is changed. For one thread.
 */
final class ProbeWeaver {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeWeaver.class);

  private final Instrumentation instrumentation;
  private final ProbeTargets targets;
  private final ProbePoints points;
  private final ProbeTransformer transformer;
  private final ProbeObserver observer;
  private final Holder holder;
  private final Set<RunningProbe> held = new HashSet<>();

  ProbeWeaver(
      Instrumentation instrumentation,
      ProbeTargets targets,
      ProbePoints points,
      ProbeTransformer transformer,
      ProbeObserver observer,
      Holder holder) {
    this.instrumentation = instrumentation;
    this.targets = targets;
    this.points = points;
    this.transformer = transformer;
    this.observer = observer;
    this.holder = holder;
  }

  /**
   * Weaves the probe, if its class is loaded.
   *
   * @return the woven methods; null if the class is not loaded, and the probe waits for it
   * @throws ProbeRefusedException if nothing could be woven; then nothing is changed
   */
  @Nullable List<String> weave(RunningProbe probe) throws ProbeRefusedException {
    String name = probe.request().type();
    List<Class<?>> types = targets.find(name);
    if (types.isEmpty()) {
      if (!probe.request().await()) {
        throw new ProbeRefusedException(
            "no class " + name + " is loaded; ask again with await to wait for it");
      }
      hold(probe);
      return null;
    }
    if (points.isFull(ProbeTransformer.METHODS_MAX)) {
      throw new ProbeRefusedException("too many methods were probed in the life of this JVM");
    }
    ProbeTransformer.Target target = new ProbeTransformer.Target(probe);
    transformer.add(target);
    hold(probe);
    String refused = retransform(types);
    if (refused == null && target.woven().isEmpty()) {
      refused = name + ": " + String.join("; ", target.problems());
    }
    if (refused != null) {
      release(probe);
      throw new ProbeRefusedException(refused);
    }
    probe.wove(types);
    probe.notes().addAll(target.problems());
    List<String> methods = new ArrayList<>();
    for (ProbedMethod each : target.woven()) {
      methods.add(name + "#" + each.shown());
    }
    return methods;
  }

  /** The first probe: from now on the JVM calls the transformer, and woven code the observer. */
  private void hold(RunningProbe probe) {
    if (held.isEmpty()) {
      instrumentation.addTransformer(transformer, true);
      holder.armProbes(observer, observer);
    }
    held.add(probe);
  }

  private void release(RunningProbe probe) {
    transformer.remove(probe);
    points.remove(probe);
    if (held.remove(probe) && held.isEmpty()) {
      instrumentation.removeTransformer(transformer);
      holder.disarmProbes();
    }
  }

  /** The classes whose loading is to be noticed. */
  void await(List<String> classNames) {
    transformer.await(classNames);
  }

  /** True if such a class has begun to load since the last call. */
  boolean takeNoticed() {
    return transformer.takeNoticed();
  }

  /**
   * Takes the probe out.
   *
   * @return true if the JVM has shown that no class has the probe any more
   */
  boolean restore(RunningProbe probe) {
    int[] numbers = points.of(probe);
    List<Class<?>> types = probe.classes();
    release(probe);
    if (types.isEmpty()) {
      return true; // nothing was woven, or the classes are unloaded
    }
    Check check = new Check(types, numbers);
    instrumentation.addTransformer(check, true);
    try {
      String refused = retransform(types);
      if (refused != null) {
        LOG.warn("the probe {} could not be taken out: {}", probe.id(), refused);
        return false;
      }
    } finally {
      instrumentation.removeTransformer(check);
    }
    return check.isClean();
  }

  /** Why the JVM refuses; null if it does not. All classes are changed, or none. */
  private @Nullable String retransform(List<Class<?>> types) {
    try {
      instrumentation.retransformClasses(types.toArray(new Class<?>[0]));
      return null;
    } catch (UnmodifiableClassException
        | LinkageError
        | InternalError
        | UnsupportedOperationException refused) {
      return "the JVM refuses the class: " + refused;
    } catch (OutOfMemoryError noRoom) {
      return "there is no memory for it";
    }
  }

  /** Comes after all other transformers, and looks for the probe in what they leave. */
  private static final class Check implements ClassFileTransformer {
    private final Set<String> names = new HashSet<>();
    private final int[] numbers;
    private int seen;
    private boolean found;

    Check(List<Class<?>> types, int[] numbers) {
      for (Class<?> type : types) {
        names.add(type.getName().replace('.', '/'));
      }
      this.numbers = numbers;
    }

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        @Nullable String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      if (redefined != null && name != null && names.contains(name)) {
        seen++;
        try {
          for (int number : numbers) {
            found |= ProbeWeaving.isWoven(bytes, number, number + 1);
          }
        } catch (RuntimeException unreadable) {
          found = true; // The probe may be in it still.
        }
      }
      return null;
    }

    boolean isClean() {
      return seen > 0 && !found;
    }
  }
}
