package whorl.agent.hook;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import java.util.function.UnaryOperator;
import net.bytebuddy.jar.asm.ClassReader;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.hook.code.AgentLoadHook;
import whorl.agent.hook.code.ClassObserver;
import whorl.agent.hook.code.DefinitionOrigin;
import whorl.agent.hook.code.DefinitionStack;
import whorl.agent.hook.code.EventWriting;
import whorl.agent.hook.code.HiddenClassHook;
import whorl.agent.hook.code.MadeClasses;
import whorl.agent.hook.code.Redefinitions;
import whorl.agent.hook.console.ConsoleHook;
import whorl.agent.hook.end.EndHook;
import whorl.agent.hook.entry.DeserializationHook;
import whorl.agent.hook.entry.JndiHook;
import whorl.agent.hook.entry.ReflectionHook;
import whorl.agent.hook.entry.RemoteLoaderHook;
import whorl.agent.hook.entry.ScriptHook;
import whorl.agent.hook.entry.XmlHook;
import whorl.agent.hook.http.HttpHooks;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.hook.registration.RegistrationHook;
import whorl.agent.hook.registration.SeenRegistrations;
import whorl.agent.hook.system.DnsHook;
import whorl.agent.hook.system.FileHook;
import whorl.agent.hook.system.LibraryHook;
import whorl.agent.hook.system.OutOfMemoryHook;
import whorl.agent.hook.system.PathText;
import whorl.agent.hook.system.ProcessHook;
import whorl.agent.hook.system.SocketHook;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.weave.Holder;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.hook.weave.Weaver;

/**
 * All hooks: weaves them, arms them last, and hands each visit of a woven method to the hook it
 * belongs to. Runs on the application's threads; a hook that fails is counted, never felt.
 */
public final class Hooks implements ClassFileTransformer, ObjIntConsumer<Object[]> {
  /** A join point's number is the hook's position and the position within the hook. */
  private static final int POINTS_PER_HOOK = 64;

  /** Of those whose visits do not come to {@link #accept}. */
  private static final int NO_NUMBER = 0;

  private final Hook[] hooks;
  private final @Nullable ClassObserver classes;
  private final MadeClasses made;
  private final Redefinitions redefinitions;
  private final LiveRoots roots;
  private final SeenRegistrations registrations;
  private final @Nullable OutOfMemoryHook memory;
  private final TamperHook tamper;
  private final Weaver weaver = new Weaver();
  private final @Nullable RequestTracking requests;
  private final ClassLoader ours = Hooks.class.getClassLoader();
  private final AtomicLong failures = new AtomicLong();
  private volatile String firstFailure = "";
  private @Nullable HookGuard guard;
  private volatile byte @Nullable [] hearing;
  private volatile long heard;
  private volatile boolean markerSeen;

  private Hooks(
      List<Hook> hooks,
      @Nullable ClassObserver classes,
      MadeClasses made,
      Redefinitions redefinitions,
      LiveRoots roots,
      SeenRegistrations registrations,
      @Nullable OutOfMemoryHook memory,
      TamperHook tamper,
      @Nullable RequestTracking requests) {
    this.hooks = hooks.toArray(new Hook[0]);
    this.classes = classes;
    this.made = made;
    this.redefinitions = redefinitions;
    this.roots = roots;
    this.registrations = registrations;
    this.memory = memory;
    this.requests = requests;
    if (requests != null) {
      requests.addTo(weaver);
    }
    this.tamper = tamper;
    for (int i = 0; i < this.hooks.length; i++) {
      List<JoinPoint> points = this.hooks[i].joinPoints();
      for (int j = 0; j < points.size(); j++) {
        weaver.add(points.get(j), i * POINTS_PER_HOOK + j);
      }
    }
    if (memory != null) {
      OutOfMemoryHook.joinPoints().forEach(point -> weaver.add(point, NO_NUMBER));
    }
  }

  /**
   * The hooks that are not disabled.
   *
   * @param disabled words of {@code hooks.disabled}
   * @param workingFolder what relative paths are relative to
   * @param masked masks the secrets in a text
   */
  public static Hooks of(
      EventSink sink, Set<String> disabled, String workingFolder, UnaryOperator<String> masked) {
    PathText paths = new PathText(workingFolder);
    MadeClasses made = new MadeClasses(sink);
    Redefinitions redefinitions = new Redefinitions();
    LiveRoots roots = new LiveRoots();
    SeenRegistrations registrations = new SeenRegistrations();
    List<Hook> hooks = new ArrayList<>();
    TamperHook tamper = new TamperHook(sink);
    for (Hook hook :
        List.of(
            new FileHook(sink, paths),
            new SocketHook(sink),
            new DnsHook(sink),
            new ProcessHook(sink),
            new LibraryHook(sink, paths),
            new JndiHook(sink),
            new DeserializationHook(sink),
            new ScriptHook(sink),
            new ReflectionHook(sink),
            new RemoteLoaderHook(sink),
            new XmlHook(sink),
            new HiddenClassHook(made),
            new RegistrationHook(sink, roots, registrations),
            new AgentLoadHook(sink),
            new ConsoleHook(sink),
            new EndHook(),
            tamper)) {
      if (!disabled.contains(hook.word())) {
        hooks.add(hook);
      }
    }
    RequestTracking requests =
        disabled.contains(HttpHooks.WORD) ? null : new RequestTracking(sink, masked);
    if (requests != null) {
      hooks.addAll(requests.hooks());
    }
    return new Hooks(
        hooks,
        disabled.contains("class") ? null : new ClassObserver(sink, made, redefinitions),
        made,
        redefinitions,
        roots,
        registrations,
        disabled.contains(OutOfMemoryHook.WORD) ? null : new OutOfMemoryHook(),
        tamper,
        requests);
  }

  /** Marks the current thread as the agent's own: nothing it does is observed. */
  public static void ignoreThisThread() {
    ThreadState.busy(ThreadState.current(), true);
  }

  /**
   * Weaves all classes that are loaded, in one go, and arms. Classes that load later are woven
   * then. Must run before {@code main}, on its thread.
   */
  public void install(Instrumentation instrumentation)
      throws ReflectiveOperationException, UnmodifiableClassException {
    Holder holder = Holder.define(instrumentation, MethodHandles.lookup());
    for (Hook hook : hooks) {
      hook.packagesRead().forEach((module, names) -> export(instrumentation, module, names));
    }
    // Everything the observer touches is loaded and initialised before the first visit.
    warmUp();
    if (requests != null) {
      requests.prepare(holder);
    }
    instrumentation.addTransformer(this, true);
    weave(instrumentation);
    holder.arm(this);
    guard = new HookGuard(this, holder, instrumentation);
    if (memory != null) {
      memory.arm(holder);
    }
  }

  /** Weaves what is loaded, again if need be. */
  void weave(Instrumentation instrumentation) throws UnmodifiableClassException {
    List<Class<?>> loaded = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (weaver.concerns(type)) {
        loaded.add(type);
      }
    }
    ignored(() -> instrumentation.retransformClasses(loaded.toArray(new Class<?>[0])));
  }

  /** Looks after the hooks; null before they are installed. */
  public @Nullable HookGuard guard() {
    return guard;
  }

  /** Where tampering is noticed as it happens. */
  public TamperHook tamper() {
    return tamper;
  }

  /** Whether a hook of that word is at work. */
  boolean has(String word) {
    return indexOf(word) >= 0;
  }

  /** Whether a visit by this thread, which is otherwise not observed, comes to the hook. */
  boolean hears(String word, Runnable visit) {
    int hook = indexOf(word);
    heard = 0;
    hearing = ThreadState.current();
    try {
      visit.run();
    } finally {
      hearing = null;
    }
    return (heard & 1L << hook) != 0;
  }

  void markerSeen(boolean seen) {
    markerSeen = seen;
  }

  boolean markerSeen() {
    return markerSeen;
  }

  private int indexOf(String word) {
    for (int i = hooks.length - 1; i >= 0; i--) {
      if (hooks[i].word().equals(word)) {
        return i;
      }
    }
    return -1;
  }

  private interface Retransformation {
    void run() throws UnmodifiableClassException;
  }

  /** What we do to classes ourselves is nobody's change. */
  private static void ignored(Retransformation ours) throws UnmodifiableClassException {
    byte[] state = ThreadState.current();
    ThreadState.busy(state, true);
    try {
      ours.run();
    } finally {
      ThreadState.busy(state, false);
    }
  }

  /** Where memory that ran out is noticed; null when that is disabled. */
  public @Nullable OutOfMemoryHook memory() {
    return memory;
  }

  /** What goes to standard output and error; null when that is disabled. */
  public @Nullable ConsoleHook console() {
    return find(ConsoleHook.class);
  }

  /** Where the JVM's end is noticed. */
  public @Nullable EndHook end() {
    return find(EndHook.class);
  }

  /** Classes made at run time, with their bytes. */
  public MadeClasses madeClasses() {
    return made;
  }

  /** Classes that others had changed after they were loaded. */
  public Redefinitions redefinitions() {
    return redefinitions;
  }

  /** Servers that have started. */
  public LiveRoots liveRoots() {
    return roots;
  }

  /** What was registered with them afterwards. */
  public SeenRegistrations seenRegistrations() {
    return registrations;
  }

  /** As a class file becomes by our own weaving. */
  public byte[] woven(String internalName, byte[] original) {
    byte[] woven = weaver.weave(internalName, original);
    return woven == null ? original : woven;
  }

  /** Join points of classes that were woven, but without the method that was looked for. */
  public List<String> notFound(Instrumentation instrumentation) {
    return weaver.notFound(instrumentation.getAllLoadedClasses());
  }

  /** What the hooks themselves only counted or forgot, by counter name. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new HashMap<>();
    for (Hook hook : hooks) {
      losses.putAll(hook.losses());
    }
    return losses;
  }

  /** Visits whose observer failed. */
  public long failures() {
    return failures.get();
  }

  /** What the first of them failed with; empty while there is none. */
  public String firstFailure() {
    return firstFailure;
  }

  @Override
  public void accept(@Nullable Object[] values, int joinPoint) {
    byte[] state = ThreadState.current();
    if (ThreadState.busy(state)) {
      if (state == hearing) {
        heard |= 1L << joinPoint / POINTS_PER_HOOK;
      }
      return;
    }
    ThreadState.busy(state, true);
    try {
      hooks[joinPoint / POINTS_PER_HOOK].observe(
          joinPoint % POINTS_PER_HOOK, values, ThreadState.of(state));
    } catch (Throwable failure) { // whatever it is, it must not reach the application
      failed(failure);
    } finally {
      ThreadState.busy(state, false);
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (loader == ours) {
      if (redefined == HookGuard.Marker.class) {
        markerSeen = true;
      }
      return null;
    }
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, true);
    try {
      // Whoever defines a class need not say its name.
      String known = name == null ? new ClassReader(bytes).getClassName() : name;
      if (!wasBusy && classes != null) {
        if (redefined == null) {
          classes.loaded(loader, known, domain, bytes);
        } else {
          classes.changed(redefined, bytes);
        }
      }
      return weaver.weave(known, bytes);
    } catch (Throwable failure) { // the class stays as it is
      failed(failure);
      return null;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  private <T> @Nullable T find(Class<T> type) {
    for (Hook hook : hooks) {
      if (type.isInstance(hook)) {
        return type.cast(hook);
      }
    }
    return null;
  }

  private void failed(Throwable failure) {
    if (failures.getAndIncrement() == 0) {
      firstFailure = failure.toString();
    }
  }

  private static void export(Instrumentation instrumentation, String module, List<String> names) {
    ModuleLayer.boot()
        .findModule(module)
        .ifPresent(
            there -> {
              Map<String, Set<Module>> exports = new HashMap<>();
              names.forEach(name -> exports.put(name, Set.of(Hooks.class.getModule())));
              instrumentation.redefineModule(
                  there, Set.of(), exports, Map.of(), Set.of(), Map.of());
            });
  }

  private static void warmUp() {
    try {
      // Loaded for the first time when classes have no room any more, it would be asked for by its
      // own loading: transforming it links method handles, whose failure is told by this class.
      Class.forName("java.lang.invoke.InvokerBytecodeGenerator$BytecodeGenerationException");
    } catch (ClassNotFoundException renamed) {
      // Then nothing is to be done about it.
    }
    DefinitionOrigin.here();
    DefinitionOrigin.isLinkage();
    DefinitionStack.warmUp();
    EventWriting.isUnderWay();
    ThreadState.of(ThreadState.current());
  }
}
