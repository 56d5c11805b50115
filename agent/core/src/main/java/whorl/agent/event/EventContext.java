package whorl.agent.event;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.RequestContext;

/**
 * When, where and for whom an event happened that is emitted later, on another thread.
 *
 * @param epochNanos nanoseconds since 1970, by this JVM's clock
 * @param thread the name of the thread; null if unknown
 * @param stack the innermost frame first, without frames of Whorl; must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
public record EventContext(
    long epochNanos,
    @Nullable String thread,
    StackTraceElement[] stack,
    @Nullable RequestContext request) {
  public static EventContext of(
      long epochNanos,
      @Nullable String thread,
      List<StackTraceElement> stack,
      @Nullable RequestContext request) {
    return new EventContext(epochNanos, thread, stack.toArray(new StackTraceElement[0]), request);
  }
}
