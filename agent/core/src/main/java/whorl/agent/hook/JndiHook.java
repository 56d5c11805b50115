package whorl.agent.hook;

import static whorl.agent.hook.JoinPoint.always;
import static whorl.agent.hook.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;

/** Names looked up through JNDI, whether or not anything came of it. */
final class JndiHook implements Hook {
  private final EventSink sink;

  JndiHook(EventSink sink) {
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
