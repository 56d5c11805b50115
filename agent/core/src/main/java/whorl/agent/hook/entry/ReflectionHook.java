package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EntryReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * An expression or an object stream that accesses the members of a class that lets it break out:
 * start a program, define a class, access memory. The calls themselves are too frequent to be
 * observed, and so is reflection by ordinary code; but each such call needs a look-up of the method
 * before.
 */
public final class ReflectionHook implements Hook {
  private static final String CLASS = "java/lang/Class";
  private static final int NAMED = 0;
  private static final int METHODS = 1;
  private static final int CONSTRUCTORS = 2;
  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final Set<String> DANGEROUS =
      Set.of(
          "java.lang.Runtime",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessImpl",
          "java.lang.ClassLoader",
          "java.lang.invoke.MethodHandles$Lookup",
          "java.net.URLClassLoader",
          "java.security.SecureClassLoader",
          "javax.script.ScriptEngineManager",
          "sun.misc.Unsafe",
          "jdk.internal.misc.Unsafe",
          "jdk.jshell.JShell",
          "javax.naming.InitialContext",
          "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
          "org.apache.xalan.xsltc.trax.TemplatesImpl",
          "org.springframework.cglib.core.ReflectUtils");

  private final EventSink sink;
  private final RepeatFilter repeatFilter = new RepeatFilter(WINDOW_NANOS);

  public ReflectionHook(EventSink sink) {
    this.sink = sink;
    ExpressionEngineFinder.find();
  }

  @Override
  public String group() {
    return "script";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(NAMED, entry(CLASS, "getMethod", "(Ljava/lang/String;", SELF, argument(0))),
        point(NAMED, entry(CLASS, "getDeclaredMethod", "(Ljava/lang/String;", SELF, argument(0))),
        point(NAMED, entry(CLASS, "getDeclaredField", "(Ljava/lang/String;", SELF, argument(0))),
        point(METHODS, entry(CLASS, "getMethods", "()", SELF)),
        point(METHODS, entry(CLASS, "getDeclaredMethods", "()", SELF)),
        point(CONSTRUCTORS, entry(CLASS, "getConstructor", "([Ljava/lang/Class;)", SELF)),
        point(CONSTRUCTORS, entry(CLASS, "getDeclaredConstructor", "([Ljava/lang/Class;)", SELF)),
        point(CONSTRUCTORS, entry(CLASS, "getConstructors", "()", SELF)),
        point(CONSTRUCTORS, entry(CLASS, "getDeclaredConstructors", "()", SELF)));
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of("reflection.repeated", repeatFilter.repeated());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (!(values[0] instanceof Class<?> type) || !DANGEROUS.contains(type.getName())) {
      return;
    }
    String by = ExpressionEngineFinder.find();
    if (by == null) {
      return;
    }
    String member = member(at, values);
    if (repeatFilter.admit(RequestKey.of(by), type.getName() + member) != RepeatFilter.SUPPRESSED) {
      EntryReports.memberLookedUp(sink, type.getName(), member, by);
    }
  }

  private static String member(int at, @Nullable Object[] values) {
    return switch (at) {
      case NAMED -> String.valueOf(values[1]);
      case METHODS -> "*";
      case CONSTRUCTORS -> "<init>";
      default -> throw HookPoint.unknown(at);
    };
  }
}
