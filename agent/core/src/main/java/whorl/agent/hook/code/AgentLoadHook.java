package whorl.agent.hook.code;

import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/** Java agents that start after this one, by the flag or by attach; known by their class. */
public final class AgentLoadHook implements Hook {
  private static final String INSTRUMENTATION = "sun/instrument/InstrumentationImpl";
  private static final String STRINGS = "(Ljava/lang/String;Ljava/lang/String;";

  private final EventSink sink;

  public AgentLoadHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String word() {
    return "agent";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        entry(INSTRUMENTATION, "loadClassAndCallAgentmain", STRINGS, argument(0), argument(1)),
        entry(INSTRUMENTATION, "loadClassAndCallPremain", STRINGS, argument(0), argument(1)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    sink.emit(EventType.AGENT_LOAD, values[0], values[1]);
  }
}
