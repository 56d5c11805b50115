package whorl.agent.event;

import org.jspecify.annotations.Nullable;

/**
 * A class load as it is taken down while the application starts, when they come by the thousand and
 * nobody asks for them yet: no more than what has to be had at once.
 *
 * @param internalName the class, with slashes
 */
record ClassLoadNote(
    long sequence,
    long epochNanos,
    String threadName,
    @Nullable RequestContext request,
    String internalName,
    String loader,
    @Nullable String codeSource)
    implements RingEntry {
  @Override
  public int bytes() {
    return EventSize.of(this);
  }

  @Override
  public long stack() {
    return StackTable.NONE;
  }

  @Override
  public AgentEvent event(StackTable.View stacks) {
    return event();
  }

  AgentEvent event() {
    return AgentEvent.recorded(
        EventType.CLASS_LOAD,
        sequence,
        epochNanos,
        threadName,
        null,
        request,
        internalName.replace('/', '.'),
        loader,
        codeSource);
  }
}
