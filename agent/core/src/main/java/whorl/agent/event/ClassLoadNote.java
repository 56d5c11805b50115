package whorl.agent.event;

import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventSize;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * A class load during application start. Classes load by the thousand then and the rules do not run
 * yet, so this holds only the values that must be read at once; the event is made from them later.
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
    // All classes of one origin share the texts of loader and code source.
    return EventSize.of(internalName, request);
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
