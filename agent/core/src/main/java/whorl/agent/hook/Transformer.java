package whorl.agent.hook;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.code.ClassObserver;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.hook.weave.Weaver;
import whorl.event.StackEnd;

/**
 * Sees each class that is loaded or changed, reports it to the observer, and weaves it if it has
 * join points. A class that cannot be woven stays unchanged.
 */
final class Transformer implements ClassFileTransformer {
  private final Weaver weaver;
  private final @Nullable ClassObserver classes;
  private final Failures failures;
  private final TamperHook tamper;
  private final GeneratedClasses generated;
  private final OwnDefinition definition = new OwnDefinition();
  private final ClassLoader ours = Transformer.class.getClassLoader();

  Transformer(
      Weaver weaver,
      @Nullable ClassObserver classes,
      Failures failures,
      TamperHook tamper,
      GeneratedClasses generated) {
    this.weaver = weaver;
    this.classes = classes;
    this.failures = failures;
    this.tamper = tamper;
    this.generated = generated;
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (loader == ours) {
      if (redefined == null && !definition.isOfItsLoader(ours)) {
        reportIntruder(name, bytes);
      }
      return null;
    }
    if (loader instanceof Probe probe) {
      probe.transformerCalled();
      return null;
    }
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, true);
    try {
      // The code that defines a class may leave out its name.
      String known = name == null ? new ClassReader(bytes).getClassName() : name;
      if (!wasBusy && classes != null) {
        if (redefined == null) {
          classes.loaded(loader, known, domain, bytes);
        } else {
          classes.changed(redefined, bytes);
        }
      }
      if (redefined == null && !wasBusy && HolderReference.isIn(bytes)) {
        tamper.report(Tampering.HOLDER_REFERRED_TO, known.replace('/', '.'), null);
      }
      return weaver.weave(loader, known, bytes);
    } catch (Throwable failure) { // the class stays unchanged
      if (failure instanceof StackOverflowError) {
        StackEnd.met();
      }
      failures.add(failure);
      return null;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /** Something other than our loader defines a class in it: keeps and reports the class. */
  private void reportIntruder(@Nullable String name, byte[] bytes) {
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, true);
    try {
      String known = (name == null ? new ClassReader(bytes).getClassName() : name);
      String className = known.replace('/', '.');
      tamper.report(Tampering.CLASS_IN_AGENT_LOADER, className, null);
      generated.defined(className, ours, "agent-loader", bytes, false);
    } catch (Throwable failure) { // the class is defined anyway
      failures.add(failure);
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /**
   * Weaves the loaded classes, again if necessary, in one retransformation. The observer is not
   * called for changes that the agent makes itself.
   */
  void weaveLoaded(Instrumentation instrumentation) throws UnmodifiableClassException {
    List<Class<?>> loaded = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (ClassFacts.loader(type) != ours && weaver.concerns(type)) {
        loaded.add(type);
      }
    }
    retransform(instrumentation, loaded);
  }

  /**
   * Weaves loaded classes that have join points but never reached the transformer, see {@link
   * Weaver#notOffered}. The application is paused meanwhile, so this does nothing if none is
   * missing, and tries none twice.
   */
  void weaveMissed(Instrumentation instrumentation, Class<?>[] loaded) {
    List<Class<?>> missed = new ArrayList<>();
    for (Class<?> type : weaver.notOffered(loaded)) {
      if (ClassFacts.loader(type) == ours || ClassFacts.loader(type) instanceof Probe) {
        continue;
      }
      if (instrumentation.isModifiableClass(type)) {
        missed.add(type);
      } else {
        weaver.cannotWeave(type, "the JVM does not let the class be changed");
      }
    }
    if (!missed.isEmpty()) {
      try {
        retransform(instrumentation, missed);
      } catch (UnmodifiableClassException unlikely) { // checked above
        failures.add(unlikely);
      }
    }
  }

  /**
   * Retransforms all in one go; if the JVM refuses that, one by one, to find out which it refuses.
   */
  private void retransform(Instrumentation instrumentation, List<Class<?>> types)
      throws UnmodifiableClassException {
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, true);
    try {
      instrumentation.retransformClasses(types.toArray(new Class<?>[0]));
    } catch (LinkageError | InternalError | UnsupportedOperationException refused) {
      for (Class<?> type : types) {
        retransform(instrumentation, type);
      }
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  private void retransform(Instrumentation instrumentation, Class<?> type)
      throws UnmodifiableClassException {
    try {
      instrumentation.retransformClasses(type);
    } catch (LinkageError | InternalError | UnsupportedOperationException refused) {
      failures.add(refused);
      weaver.cannotWeave(type, "the JVM refuses the class: " + refused);
    }
  }
}
