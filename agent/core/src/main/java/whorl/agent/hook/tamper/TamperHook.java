package whorl.agent.hook.tamper;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.lang.instrument.ClassDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.event.WatchReports;
import whorl.agent.event.time.RateLimit;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Attacks of code in this JVM against the agent, at the moment and on the thread of the attack. A
 * watch on an agent thread finds attacks that no hook observes seconds later. The agent's own
 * threads are never observed, so the agent itself causes no reports.
 */
public final class TamperHook implements Hook {
  private static final String INSTRUMENTATION = "sun/instrument/InstrumentationImpl";
  private static final String RECORDING = "jdk/jfr/Recording";
  private static final String RECORDER = "jdk/jfr/FlightRecorder";
  private static final String THREAD = "java/lang/Thread";
  private static final String TWO_TEXTS = "(Ljava/lang/String;Ljava/lang/String;)";
  private static final Module JAVA_BASE = Object.class.getModule();
  private static final int CLASSES_NAMED = 8;
  private static final int PER_SECOND = 20;

  private final EventSink sink;
  private final Predicate<Thread> own;
  private final Thread selfTested;
  private final Module ours = TamperHook.class.getModule();

  /** One limit for each kind: many events of one kind must not hide the first of another. */
  private final RateLimit[] limits = new RateLimit[Tampering.values().length];

  /** Each join point's number is its position here. */
  private final List<HookPoint> points = new ArrayList<>();

  private final List<Tampering> kinds = new ArrayList<>();
  private volatile @Nullable Object recording;

  /**
   * @param own true for the agent's own threads
   */
  public TamperHook(EventSink sink, Predicate<Thread> own) {
    this.sink = sink;
    this.own = own;
    this.selfTested = sink.selfTests().visited();
    for (int i = 0; i < limits.length; i++) {
      limits[i] = new RateLimit(PER_SECOND);
    }
    add(
        Tampering.CLASSES_CHANGED,
        entry(INSTRUMENTATION, "retransformClasses", "([Ljava/lang/Class;)", argument(0)));
    add(
        Tampering.CLASSES_CHANGED,
        entry(
            INSTRUMENTATION,
            "redefineClasses",
            "([Ljava/lang/instrument/ClassDefinition;)",
            argument(0)));
    add(
        Tampering.TRANSFORMER_REMOVED,
        entry(
            INSTRUMENTATION,
            "removeTransformer",
            "(Ljava/lang/instrument/ClassFileTransformer;)",
            argument(0)));
    add(Tampering.RECORDING_STOPPED, entry(RECORDING, "stop", "()", SELF));
    add(Tampering.RECORDING_STOPPED, entry(RECORDING, "close", "()", SELF));
    add(Tampering.RECORDING_CHANGED, entry(RECORDING, "setSettings", "(Ljava/util/Map;)", SELF));
    add(
        Tampering.RECORDING_CHANGED,
        entry(RECORDING, "disable", "(Ljava/lang/String;)", SELF, argument(0)));
    add(
        Tampering.RECORDING_CHANGED,
        entry(RECORDING, "disable", "(Ljava/lang/Class;)", SELF, argument(0)));
    for (String setter : List.of("setMaxAge", "setMaxSize", "setToDisk", "setDuration")) {
      add(Tampering.RECORDING_CHANGED, entry(RECORDING, setter, "(", SELF, argument(0)));
    }
    for (String setter : List.of("setDestination", "setDumpOnExit", "setName")) {
      add(Tampering.RECORDING_CHANGED, entry(RECORDING, setter, "(", SELF, argument(0)));
    }
    add(
        Tampering.RECORDING_DUMPED,
        entry(RECORDING, "dump", "(Ljava/nio/file/Path;)", SELF, argument(0)));
    add(Tampering.RECORDING_DUMPED, entry(RECORDING, "getStream", "(", SELF));
    add(Tampering.RECORDING_DUMPED, entry(RECORDING, "copy", "(Z)", SELF));
    add(Tampering.RECORDING_DUMPED, entry(RECORDER, "takeSnapshot", "()", SELF));
    add(Tampering.RECORDING_DUMPED, entry("jdk/jfr/internal/dcmd/DCmdDump", "execute", "(", SELF));
    add(
        Tampering.EVENT_TYPE_UNREGISTERED,
        entry(RECORDER, "unregister", "(Ljava/lang/Class;)", argument(0)));
    add(
        Tampering.VM_OPTION_SET,
        entry(
            "com/sun/management/internal/HotSpotDiagnostic",
            "setVMOption",
            TWO_TEXTS,
            argument(0),
            argument(1)));
    add(
        Tampering.SECURITY_PROPERTY_SET,
        entry("java/security/Security", "setProperty", TWO_TEXTS, argument(0), argument(1)));
    add(
        Tampering.SECURITY_MANAGER_SET,
        entry("java/lang/System", "setSecurityManager", "(", argument(0)));
    add(Tampering.AGENT_THREAD_INTERRUPTED, entry(THREAD, "interrupt", "()", SELF));
    add(Tampering.AGENT_THREAD_INTERRUPTED, entry(THREAD, "stop", "()", SELF));
    add(Tampering.AGENT_THREAD_SUSPENDED, entry(THREAD, "suspend", "()", SELF));
    add(Tampering.AGENT_THREAD_CHANGED, entry(THREAD, "setPriority", "(I)", SELF, argument(0)));
  }

  /** Sets the agent's own {@code jdk.jfr.Recording}; null while there is none. */
  public void setRecording(@Nullable Object own) {
    recording = own;
  }

  @Override
  public String group() {
    return "tamper";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.copyOf(points);
  }

  @Override
  public Map<String, Long> losses() {
    long refused = 0;
    for (RateLimit limit : limits) {
      refused += limit.refused();
    }
    return Map.of("tamper.rateLimited", refused);
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object first = values[0];
    Object second = values.length > 1 ? values[1] : null;
    if (first == selfTested) {
      selfTest();
      return;
    }
    JoinPoint visited = points.get(at).joinPoint();
    String method = visited.method();
    Tampering kind = kinds.get(at);
    switch (kind) {
      case CLASSES_CHANGED -> report(kind, names(first), method);
      case TRANSFORMER_REMOVED -> {
        if (first != null && first.getClass().getModule() == ours) {
          report(kind, first.getClass().getName(), method);
        }
      }
      case RECORDING_STOPPED, RECORDING_CHANGED -> {
        if (first != null && first == recording) {
          report(kind, method, detail(second));
        }
      }
      case RECORDING_DUMPED -> {
        // Others than recordings copy the data of all recordings, so also of ours.
        boolean copiesAll = !visited.owner().equals(RECORDING);
        if (recording != null && (first == recording || copiesAll)) {
          report(kind, method, detail(second));
        }
      }
      case EVENT_TYPE_UNREGISTERED -> {
        if (first instanceof Class<?> type && type.getModule() == ours) {
          report(kind, type.getName(), method);
        }
      }
      case AGENT_THREAD_INTERRUPTED, AGENT_THREAD_SUSPENDED, AGENT_THREAD_CHANGED -> {
        if (first instanceof Thread other && own.test(other)) {
          report(kind, other.getName(), method);
        }
      }
      case SECURITY_MANAGER_SET ->
          report(kind, first == null ? "none" : first.getClass().getName(), null);
      default -> report(kind, (String) first, (String) second);
    }
  }

  private void selfTest() {
    long number = sink.selfTests().number();
    sink.selfTests().reached(SelfTestProgress.Stage.HOOKS, number);
    sink.emitSelfTest(number);
  }

  /** Emits the event, unless there were too many of this kind within this second. */
  public void report(Tampering kind, @Nullable String target, @Nullable String detail) {
    if (limits[kind.ordinal()].admits(System.nanoTime())) {
      WatchReports.tampered(sink, kind.word(), target, detail);
    }
  }

  /** Only values of the JDK's own types, so that no code of the application is called. */
  private static @Nullable String detail(@Nullable Object value) {
    return value instanceof Class<?> type
        ? type.getName()
        : value != null && isPlain(value) ? value.toString() : null;
  }

  /**
   * Checks the module, not the loader: on 17 a getter of the loader may call a security manager of
   * the application.
   */
  private static boolean isPlain(Object value) {
    return value instanceof String
        || value instanceof Boolean
        || value instanceof Number && value.getClass().getModule() == JAVA_BASE
        || value.getClass() == Duration.class
        || value.getClass().getModule() == JAVA_BASE && value instanceof Path;
  }

  private static String names(@Nullable Object classes) {
    StringBuilder names = new StringBuilder();
    Object[] array = classes instanceof Object[] many ? many : new Object[0];
    for (int i = 0; i < array.length && i < CLASSES_NAMED; i++) {
      Object element = array[i];
      Class<?> type =
          element instanceof ClassDefinition definition
              ? definition.getDefinitionClass()
              : element instanceof Class<?> itself ? itself : null;
      names.append(i == 0 ? "" : ", ").append(type == null ? "null" : type.getName());
    }
    return array.length > CLASSES_NAMED
        ? names.append(" and ").append(array.length - CLASSES_NAMED).append(" more").toString()
        : names.toString();
  }

  private void add(Tampering kind, JoinPoint joinPoint) {
    points.add(point(kinds.size(), joinPoint.asOptional()));
    kinds.add(kind);
  }
}
