package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/** Names looked up through JNDI, whether or not anything came of it. */
public final class JndiHook implements Hook {
  private final EventSink sink;

  public JndiHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String word() {
    return "jndi";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        always("javax/naming/InitialContext", "lookup", "(Ljava/lang/String;)", argument(0)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    sink.emit(EventType.JNDI_LOOKUP, values[0]);
  }
}
