package whorl.agent.event;

/**
 * A stage that events come to, on the thread that made them: it must be quick, never block and
 * never throw.
 */
@FunctionalInterface
public interface EventConsumer {
  void accept(AgentEvent event);
}
