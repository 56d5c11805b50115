package whorl.agent.hook.tamper;

import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.lang.instrument.ClassDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.event.RateLimit;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * What code in this JVM does against the watching, at the moment and on the thread that does it.
 * What is done by ways that no hook sees, the watch on an agent thread finds seconds later. The
 * agent's own threads are never observed, so all this is done by somebody else.
 */
public final class TamperHook implements Hook {
  private static final String INSTRUMENTATION = "sun/instrument/InstrumentationImpl";
  private static final String RECORDING = "jdk/jfr/Recording";
  private static final String TWO_TEXTS = "(Ljava/lang/String;Ljava/lang/String;)";
  private static final int CLASSES_NAMED = 8;
  private static final int PER_SECOND = 20;

  private final EventSink sink;
  private final ClassLoader ours = TamperHook.class.getClassLoader();
  private final RateLimit limit = new RateLimit(PER_SECOND);
  private final List<JoinPoint> points = new ArrayList<>();
  private final List<Tampering> kinds = new ArrayList<>();
  private volatile @Nullable Object recording;

  public TamperHook(EventSink sink) {
    this.sink = sink;
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
    add(
        Tampering.RECORDING_DUMPED,
        entry(RECORDING, "dump", "(Ljava/nio/file/Path;)", SELF, argument(0)));
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
    add(Tampering.AGENT_THREAD_INTERRUPTED, entry("java/lang/Thread", "interrupt", "()", SELF));
    add(Tampering.AGENT_THREAD_INTERRUPTED, entry("java/lang/Thread", "stop", "()", SELF));
  }

  /** What of {@code jdk.jfr.Recording} is the agent's own; null while there is none. */
  public void recordingIs(@Nullable Object own) {
    recording = own;
  }

  @Override
  public String word() {
    return "tamper";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.copyOf(points);
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of("tamper.rateLimited", limit.refused());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object first = values[0];
    Object second = values.length > 1 ? values[1] : null;
    String method = points.get(at).method();
    Tampering kind = kinds.get(at);
    switch (kind) {
      case CLASSES_CHANGED -> tell(kind, names(first), method);
      case TRANSFORMER_REMOVED -> {
        if (first != null && first.getClass().getClassLoader() == ours) {
          tell(kind, first.getClass().getName(), method);
        }
      }
      case RECORDING_STOPPED, RECORDING_CHANGED, RECORDING_DUMPED -> {
        if (first != null && first == recording) {
          tell(kind, method, detail(second));
        }
      }
      case AGENT_THREAD_INTERRUPTED -> {
        if (first instanceof Thread other && other.getName().startsWith("whorl-")) {
          tell(kind, other.getName(), method);
        }
      }
      case SECURITY_MANAGER_SET ->
          tell(kind, first == null ? "none" : first.getClass().getName(), null);
      default -> tell(kind, (String) first, (String) second);
    }
  }

  private void tell(Tampering kind, @Nullable String target, @Nullable String detail) {
    if (limit.admits(System.nanoTime())) {
      sink.emit(EventType.TAMPER, kind.word(), target, detail);
    }
  }

  /** Values of the JDK's own types only: no code of the application's is called. */
  private static @Nullable String detail(@Nullable Object value) {
    return value instanceof Class<?> type
        ? type.getName()
        : value != null && value.getClass().getClassLoader() == null ? value.toString() : null;
  }

  private static String names(@Nullable Object classes) {
    StringBuilder names = new StringBuilder();
    Object[] all = classes instanceof Object[] many ? many : new Object[0];
    for (int i = 0; i < all.length && i < CLASSES_NAMED; i++) {
      Object one = all[i];
      Class<?> type =
          one instanceof ClassDefinition definition
              ? definition.getDefinitionClass()
              : one instanceof Class<?> itself ? itself : null;
      names.append(i == 0 ? "" : ", ").append(type == null ? "null" : type.getName());
    }
    return all.length > CLASSES_NAMED
        ? names.append(" and ").append(all.length - CLASSES_NAMED).append(" more").toString()
        : names.toString();
  }

  private void add(Tampering kind, JoinPoint point) {
    points.add(point.whereThere());
    kinds.add(kind);
  }
}
