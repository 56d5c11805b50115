package whorl.agent.hook.code;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Changes of loaded classes by other agents. The JVM calls their transformers after ours, so ours
 * never sees the result, and another retransformation would undo a change whose transformer was
 * removed. Each agent's result passes its own {@code InstrumentationImpl.transform}, so this hook
 * takes it there.
 */
public final class AgentChangeHook implements Hook {
  private static final int TRANSFORMED = 0;
  private static final String TRANSFORM =
      "(Ljava/lang/Module;Ljava/lang/ClassLoader;Ljava/lang/String;Ljava/lang/Class;"
          + "Ljava/security/ProtectionDomain;[B";

  private final LoadedAgents agents;
  private final GeneratedClasses generated;
  private final Redefinitions redefinitions;

  public AgentChangeHook(
      LoadedAgents agents, GeneratedClasses generated, Redefinitions redefinitions) {
    this.agents = agents;
    this.generated = generated;
    this.redefinitions = redefinitions;
  }

  @Override
  public String group() {
    return "agent";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            TRANSFORMED,
            onReturn(
                "sun/instrument/InstrumentationImpl",
                "transform",
                TRANSFORM,
                SELF,
                argument(3),
                argument(5),
                RESULT)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object instrumentation = values[0];
    if (instrumentation != null
        && values[1] instanceof Class<?> type
        && values[3] instanceof byte[] after
        && agents.isOther(instrumentation)
        && !(values[2] instanceof byte[] before && Arrays.equals(before, after))) {
      generated.changed(type, after, agents.name(instrumentation), redefinitions);
    }
  }
}
