package whorl.agent.hook;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.EventSink;
import whorl.agent.hook.code.AgentChangeHook;
import whorl.agent.hook.code.AgentLoadHook;
import whorl.agent.hook.code.ClassObserver;
import whorl.agent.hook.code.DefinitionOrigin;
import whorl.agent.hook.code.DefinitionStack;
import whorl.agent.hook.code.DiagnosticHook;
import whorl.agent.hook.code.EventWriting;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.code.HiddenClassHook;
import whorl.agent.hook.code.LoadedAgents;
import whorl.agent.hook.code.Redefinitions;
import whorl.agent.hook.code.StartupPhase;
import whorl.agent.hook.console.ConsoleHook;
import whorl.agent.hook.end.EndHook;
import whorl.agent.hook.entry.DeserializationHook;
import whorl.agent.hook.entry.JndiHook;
import whorl.agent.hook.entry.ReflectionHook;
import whorl.agent.hook.entry.RemoteLoaderHook;
import whorl.agent.hook.entry.ScriptHook;
import whorl.agent.hook.entry.XmlHook;
import whorl.agent.hook.file.FileChangeHook;
import whorl.agent.hook.file.FileHook;
import whorl.agent.hook.file.FileProbeHook;
import whorl.agent.hook.file.RealPaths;
import whorl.agent.hook.http.HttpHooks;
import whorl.agent.hook.network.DnsHook;
import whorl.agent.hook.network.SocketHook;
import whorl.agent.hook.registration.LateRegistrations;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.hook.registration.Registrations;
import whorl.agent.hook.system.ChildProcesses;
import whorl.agent.hook.system.LibraryHook;
import whorl.agent.hook.system.NativeCallHook;
import whorl.agent.hook.system.NativeLibraries;
import whorl.agent.hook.system.OutOfMemoryHook;
import whorl.agent.hook.system.ProcessHook;
import whorl.agent.hook.system.SymbolHook;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.Holder;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.PrivateMembers;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.hook.weave.Weaver;

/**
 * All hooks: weaves them, arms them last, and gives the other parts of the agent access to what
 * they collect. {@link Transformer} and {@link HookDispatcher} do the work.
 */
public final class Hooks {
  private final EventSink sink;

  private final List<Hook> active = new ArrayList<>();

  /** All hooks, including disabled ones: their classes are loaded with the others. */
  private final List<Hook> allHooks;

  private final StartupPhase startupPhase = new StartupPhase();
  private final ChildProcesses children = new ChildProcesses();
  private final NativeLibraries libraries = new NativeLibraries();
  private final GeneratedClasses generated;
  private final Redefinitions redefinitions = new Redefinitions();
  private final LoadedAgents agents = new LoadedAgents();
  private final LiveRoots roots = new LiveRoots();
  private final LateRegistrations registrations = new LateRegistrations();
  private final TamperHook tamper;
  private final @Nullable OutOfMemoryHook memory;
  private final @Nullable RequestTracking requests;
  private final Failures failures = new Failures();
  private final Weaver weaver = new Weaver();
  private final HookDispatcher hookDispatcher;
  private final Transformer transformer;
  private volatile @Nullable Holder holder;
  private volatile @Nullable LateWeaving lateWeaving;
  private @Nullable HookGuard guard;

  private Hooks(EventSink sink, Set<String> disabled, RealPaths paths, Predicate<Thread> own) {
    this.sink = sink;
    generated = new GeneratedClasses(sink, startupPhase, MemoryBudget.OF_THIS_JVM.classBytes());
    tamper = new TamperHook(sink, own);
    memory = disabled.contains(OutOfMemoryHook.WORD) ? null : new OutOfMemoryHook();
    requests = disabled.contains(HttpHooks.GROUP) ? null : new RequestTracking(sink);
    active.addAll(
        List.of(
            new FileHook(sink, paths),
            new FileChangeHook(sink, paths),
            new FileProbeHook(sink, paths),
            new NativeCallHook(sink),
            new SocketHook(sink),
            new DnsHook(sink),
            new ProcessHook(sink, children),
            new LibraryHook(sink, paths, libraries),
            new SymbolHook(sink),
            new DiagnosticHook(sink),
            new JndiHook(sink),
            new DeserializationHook(sink),
            new ScriptHook(sink),
            new ReflectionHook(sink),
            new RemoteLoaderHook(sink),
            new XmlHook(sink),
            new HiddenClassHook(generated, startupPhase),
            new AgentLoadHook(sink, paths, agents),
            new AgentChangeHook(agents, generated, redefinitions),
            new ConsoleHook(sink),
            new EndHook(),
            tamper));
    active.addAll(new Registrations(sink, roots, registrations).hooks());
    allHooks = List.copyOf(active);
    for (Iterator<Hook> iterator = active.iterator(); iterator.hasNext(); ) {
      if (disabled.contains(iterator.next().group())) {
        iterator.remove();
      }
    }
    if (requests != null) {
      active.addAll(requests.hooks());
      requests.addTo(weaver);
    }
    if (memory != null) {
      OutOfMemoryHook.addTo(weaver);
    }
    hookDispatcher = new HookDispatcher(active, failures, new Nesting(own, tamper), tamper);
    hookDispatcher.addTo(weaver);
    ClassObserver classes =
        disabled.contains("class")
            ? null
            : new ClassObserver(sink, generated, redefinitions, startupPhase);
    transformer = new Transformer(weaver, classes, failures, tamper, generated);
  }

  /**
   * Creates the hooks that are not disabled.
   *
   * @param disabled words of {@code hooks.disabled}
   * @param workingFolder the folder that relative paths start from
   * @param own true for the agent's own threads
   */
  public static Hooks of(
      EventSink sink, Set<String> disabled, String workingFolder, Predicate<Thread> own) {
    return new Hooks(sink, disabled, RealPaths.of(workingFolder), own);
  }

  /**
   * Weaves all loaded classes in one retransformation, then arms the hooks. Classes that load later
   * are woven as they load. Must run before {@code main}, on its thread.
   *
   * @param loadClasses loads and initialises all classes of the hooks, once the packages that they
   *     read are open
   */
  public void install(Instrumentation instrumentation, Runnable loadClasses)
      throws ReflectiveOperationException, UnmodifiableClassException {
    Holder holder = Holder.define(instrumentation, MethodHandles.lookup());
    this.holder = holder;
    for (Hook hook : allHooks) {
      for (Map.Entry<String, List<String>> read : hook.packagesRead().entrySet()) {
        export(instrumentation, read.getKey(), read.getValue());
      }
      for (Map.Entry<String, List<String>> opened : hook.packagesOpened().entrySet()) {
        open(instrumentation, opened.getKey(), opened.getValue());
      }
    }
    ClassFacts.prepare();
    PrivateMembers.prepare();
    // Everything that the observer uses is loaded and initialised before the first visit.
    loadClasses.run();
    warmUp();
    for (Hook hook : active) {
      hook.prepare();
    }
    if (requests != null) {
      requests.prepare(holder);
    }
    agents.setOwn(instrumentation);
    instrumentation.addTransformer(transformer, true);
    transformer.weaveLoaded(instrumentation);
    holder.arm(hookDispatcher);
    guard = new HookGuard(hookDispatcher, transformer, holder, instrumentation);
    if (memory != null) {
      memory.arm(holder);
    }
  }

  /**
   * The application has started: from now on each class is examined closely and at once. Classes
   * that wait are reported when they are processed. Reported earlier, before there are rules, they
   * would only push other events out of the ring.
   */
  public void startupEnded() {
    startupPhase.end();
    sink.startupEnded();
    // Needed as soon as there is a recording, so it is loaded before.
    EventWriting.isUnderWay();
  }

  /** Removes the notes about collected objects; any thread, now and then. */
  public void tidy() {
    if (requests != null) {
      requests.tidy();
    }
  }

  /** Checks the hooks; null before they are installed. */
  public @Nullable HookGuard guard() {
    return guard;
  }

  /** Reports tampering as it happens. */
  public TamperHook tamper() {
    return tamper;
  }

  /** Notices when memory runs out; null if that is disabled. */
  public @Nullable OutOfMemoryHook memory() {
    return memory;
  }

  /** Captures standard output and error; null if that is disabled. */
  public @Nullable ConsoleHook console() {
    return find(ConsoleHook.class);
  }

  /** Notices the end of the JVM. */
  public @Nullable EndHook end() {
    return find(EndHook.class);
  }

  /** Generated classes, with their bytes. */
  public GeneratedClasses generatedClasses() {
    return generated;
  }

  /** Classes that something other than the agent changed after they were loaded. */
  public Redefinitions redefinitions() {
    return redefinitions;
  }

  /** Child processes, including those whose start no hook observed; null if disabled. */
  public @Nullable ChildProcesses children() {
    return find(ProcessHook.class) == null ? null : children;
  }

  /** Native libraries, including those whose load no hook observed; null if disabled. */
  public @Nullable NativeLibraries nativeLibraries() {
    return find(LibraryHook.class) == null ? null : libraries;
  }

  /** Servers that have started. */
  public LiveRoots liveRoots() {
    return roots;
  }

  /** Components that were registered with these servers afterwards. */
  public LateRegistrations lateRegistrations() {
    return registrations;
  }

  /** What is woven later, on request, into classes that are loaded. */
  public interface LateWeaving {
    /** Returns the class file as it is woven now; the given one if nothing is woven into it. */
    byte[] woven(String internalName, byte[] classFile);
  }

  /** Sets what is woven later, so that {@link #woven} knows it. */
  public void lateWeaving(LateWeaving weaving) {
    lateWeaving = weaving;
  }

  /** The class that woven code calls; null before the hooks are installed. */
  public @Nullable Holder holder() {
    return holder;
  }

  /** Returns the class file after our own weaving. */
  public byte[] woven(String internalName, byte[] original) {
    byte[] early = weaver.weave(internalName, original);
    byte[] woven = early == null ? original : early;
    LateWeaving late = lateWeaving;
    return late == null ? woven : late.woven(internalName, woven);
  }

  /**
   * Weaves loaded classes for which the JVM did not call the transformer, and checks for missing
   * fields.
   */
  public void weaveMissed(Instrumentation instrumentation) {
    Class<?>[] loaded = instrumentation.getAllLoadedClasses();
    transformer.weaveMissed(instrumentation, loaded);
    weaver.requireOtherFields(loaded);
  }

  /** Join points that did not fit the classes loaded so far, each with the reason. */
  public List<String> notWoven() {
    return weaver.notWoven();
  }

  /** The classes with join points, by internal name. */
  Set<String> hookedClasses() {
    return weaver.classes();
  }

  /** Visits that were lost between woven code and the hooks. */
  public long missedVisits() {
    try {
      Holder defined = holder;
      return defined == null ? 0 : defined.missedVisits();
    } catch (ReflectiveOperationException changed) {
      return 0;
    }
  }

  /** What the hooks dropped, by counter name. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new HashMap<>();
    for (Hook hook : active) {
      losses.putAll(hook.losses());
    }
    if (requests != null) {
      losses.putAll(requests.losses());
    }
    return losses;
  }

  /** Visits that reached a hook so far; an estimate, see {@link HookDispatcher}. */
  public long visits() {
    return hookDispatcher.count();
  }

  /**
   * Nanoseconds that the application's threads spent in hooks; an estimate, see {@link
   * HookDispatcher}.
   */
  public long visitNanos() {
    return hookDispatcher.nanos();
  }

  /** Visits whose hook failed. */
  public long failures() {
    return failures.count();
  }

  /** The first of these failures; empty while there is none. */
  public String firstFailure() {
    return failures.first();
  }

  /** The active hooks. */
  List<Hook> active() {
    return List.copyOf(active);
  }

  /** The words of {@code hooks.disabled} that turn off an active hook. */
  Set<String> groups() {
    Set<String> groups = new HashSet<>();
    for (Hook hook : active) {
      groups.add(hook.group());
    }
    if (memory != null) {
      groups.add(OutOfMemoryHook.WORD);
    }
    return groups;
  }

  private <T> @Nullable T find(Class<T> type) {
    for (Hook hook : active) {
      if (type.isInstance(hook)) {
        return type.cast(hook);
      }
    }
    return null;
  }

  private static void export(Instrumentation instrumentation, String module, List<String> names) {
    Optional<Module> found = ModuleLayer.boot().findModule(module);
    if (found.isPresent()) {
      // Also opened: hooks read fields, because getters may be overridden.
      instrumentation.redefineModule(
          found.get(), Set.of(), toThisModule(names), toThisModule(names), Set.of(), Map.of());
    }
  }

  private static void open(Instrumentation instrumentation, String module, List<String> names) {
    Optional<Module> found = ModuleLayer.boot().findModule(module);
    if (found.isPresent()) {
      instrumentation.redefineModule(
          found.get(), Set.of(), Map.of(), toThisModule(names), Set.of(), Map.of());
    }
  }

  private static Map<String, Set<Module>> toThisModule(List<String> packages) {
    Map<String, Set<Module>> byPackage = new HashMap<>();
    for (String name : packages) {
      byPackage.put(name, Set.of(Hooks.class.getModule()));
    }
    return byPackage;
  }

  private static void warmUp() {
    try {
      // Linking a method handle needs this class to report a failure. If it is loaded for the first
      // time when the class space is full, transforming it links method handles and so needs the
      // class again.
      Class.forName("java.lang.invoke.InvokerBytecodeGenerator$BytecodeGenerationException");
    } catch (ClassNotFoundException renamed) {
      // This JDK has no such class.
    }
    DefinitionOrigin.warmUp();
    DefinitionStack.warmUp();
    ThreadState.of(ThreadState.current());
  }
}
