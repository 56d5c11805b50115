package whorl.agent.hook.code;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.file.RealPaths;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Java agents that start after this one, by the flag or by attach. The JVM passes the class of an
 * agent but no path. For an attached agent it first appends the agent's jar to the class path, on
 * the same thread. An agent on the command line is on the class path already, so its jar is not
 * reported.
 */
public final class AgentLoadHook implements Hook {
  private static final String INSTRUMENTATION = "sun/instrument/InstrumentationImpl";
  private static final String APP_LOADER = "jdk/internal/loader/ClassLoaders$AppClassLoader";
  private static final String STRING = "(Ljava/lang/String;";
  private static final String STRINGS = "(Ljava/lang/String;Ljava/lang/String;";
  private static final int JAR_APPENDED = 0;
  private static final int STARTS = 1;

  private final EventSink sink;
  private final RealPaths paths;
  private final LoadedAgents agents;

  /** The jar that this thread appended last, until an agent starts on it. */
  private final ThreadLocal<String> appended = new ThreadLocal<>();

  public AgentLoadHook(EventSink sink, RealPaths paths, LoadedAgents agents) {
    this.sink = sink;
    this.paths = paths;
    this.agents = agents;
  }

  @Override
  public String group() {
    return "agent";
  }

  @Override
  public Map<String, List<String>> packagesOpened() {
    return RealPaths.packagesOpened();
  }

  @Override
  public void prepare() {
    paths.prepare();
    appended.remove();
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            JAR_APPENDED,
            entry(APP_LOADER, "appendToClassPathForInstrumentation", STRING, argument(0))),
        point(JAR_APPENDED, entry(INSTRUMENTATION, "loadAgent", STRING, argument(0)).asOptional()),
        starts("loadClassAndCallAgentmain"),
        starts("loadClassAndCallPremain"));
  }

  private static HookPoint starts(String method) {
    return point(STARTS, entry(INSTRUMENTATION, method, STRINGS, SELF, argument(0), argument(1)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case JAR_APPENDED -> appended.set(path(values[0]));
      case STARTS -> starts(values);
      default -> throw HookPoint.unknown(at);
    }
  }

  private void starts(@Nullable Object[] values) {
    String jar = appended.get();
    appended.remove();
    String className = values[1] instanceof String name ? name : null;
    String options = values[2] instanceof String given ? given : null;
    agents.add(values[0], jar, className);
    CodeReports.agentLoaded(sink, jar, options, className);
  }

  private @Nullable String path(@Nullable Object jar) {
    String written = paths.written(jar);
    String real = paths.ofTarget(jar, written);
    return real == null ? written : real;
  }
}
