package whorl.agent.event;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event that is kept as it is, because it does not fit in a slot or is not packed yet. Its stack
 * is kept apart, once for all events that have the same.
 *
 * @param event without its stack
 * @param stack as {@link StackTable} numbers it
 * @param bytes how many it takes
 */
record WholeEvent(AgentEvent event, long stack, int bytes) implements RingEntry {
  private static final int CUT_CHARS = 256;

  /**
   * What is kept of an event.
   *
   * @param maxBytes the texts of a larger event are cut, in what is kept alone
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
      Object one = list.get(i);
      texts.add(one instanceof String text ? text(text) : one);
    }
    return texts;
  }

  private static String text(String text) {
    return text.length() <= CUT_CHARS ? text : text.substring(0, CUT_CHARS) + '…';
  }
}
