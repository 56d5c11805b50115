package whorl.agent.event;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventSize;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * An event kept as an object, because it does not fit in a slot or is not packed yet. Its stack is
 * kept apart, shared by all events with an equal stack.
 *
 * @param event without its stack
 * @param stack its number in the {@link StackTable}
 * @param bytes approximate size
 */
record WholeEvent(AgentEvent event, long stack, int bytes) implements RingEntry {
  private static final int CUT_CHARS = 256;

  /**
   * Makes the entry of an event.
   *
   * @param maxBytes the texts of a larger event are cut, in the kept copy only
   */
  static WholeEvent of(AgentEvent event, long stack, int maxBytes) {
    int bytes = EventSize.of(event);
    if (bytes <= maxBytes) {
      return new WholeEvent(event.withoutStack(), stack, bytes);
    }
    EventType type = event.type();
    @Nullable Object[] values = new Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = cut(event.value(i));
    }
    AgentEvent small =
        AgentEvent.recorded(
            type,
            event.sequence(),
            event.epochNanos(),
            event.thread(),
            null,
            cut(event.request()),
            values);
    return new WholeEvent(small, stack, EventSize.of(small));
  }

  @Override
  public long sequence() {
    return event.sequence();
  }

  @Override
  public AgentEvent event(StackTable.View stacks) {
    return event.withStack(stacks.stack(stack));
  }

  private static @Nullable RequestContext cut(@Nullable RequestContext request) {
    return request == null
        ? null
        : new RequestContext(
            text(request.id()),
            text(request.method()),
            text(request.path()),
            text(request.remoteAddress()));
  }

  private static @Nullable Object cut(@Nullable Object value) {
    if (value instanceof String text) {
      return text(text);
    }
    if (!(value instanceof List<?> list)) {
      return value;
    }
    List<Object> texts = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      texts.add(element instanceof String text ? text(text) : element);
    }
    return texts;
  }

  private static String text(String text) {
    return text.length() <= CUT_CHARS ? text : text.substring(0, CUT_CHARS) + '…';
  }
}
