package whorl.agent.hunt;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/**
 * The events that the agent holds now, and how far back they reach. Common events push each other
 * out sooner than significant ones, so that depends on the types in question.
 */
final class HeldWindow {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final List<AgentEvent> events;
  private final long fromNanos;
  private final long nowNanos;

  /**
   * @param events oldest first
   * @param windowSeconds 0 for all
   */
  HeldWindow(List<AgentEvent> events, int windowSeconds, long nowNanos) {
    this.events = events;
    this.nowNanos = nowNanos;
    this.fromNanos =
        windowSeconds == 0 ? Long.MIN_VALUE : nowNanos - windowSeconds * NANOS_PER_SECOND;
  }

  /** Looks at an event. */
  @FunctionalInterface
  interface Look {
    void at(AgentEvent event);
  }

  /** Passes on the events of these types in the window, the newest first. */
  void eachNewestFirst(Predicate<EventType> types, HuntWork work, Look look) {
    for (int i = events.size() - 1; i >= 0; i--) {
      if (!work.goesOn()) {
        return;
      }
      AgentEvent event = events.get(i);
      if (types.test(event.type()) && event.epochNanos() >= fromNanos) {
        look.at(event);
      }
    }
  }

  /** Says in the answer how far back the events of these types reach. */
  void covers(Predicate<EventType> types, HuntWork work) {
    Long oldest = null;
    for (boolean significant : new boolean[] {false, true}) {
      Long reaches = concerns(types, significant) ? oldest(significant) : null;
      if (reaches != null && (oldest == null || reaches > oldest)) {
        oldest = reaches;
      }
    }
    work.covers(oldest == null ? null : instant(Math.max(oldest, fromNanos)), instant(nowNanos));
    if (oldest == null) {
      work.note("no event of these types is held");
    } else if (fromNanos != Long.MIN_VALUE && oldest > fromNanos) {
      work.note("older events of these types are no longer held, or there was none");
    }
  }

  private static boolean concerns(Predicate<EventType> types, boolean significant) {
    for (EventType type : EventType.values()) {
      if (type.isSignificant() == significant && types.test(type)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Long oldest(boolean significant) {
    for (AgentEvent event : events) {
      if (event.type().isSignificant() == significant) {
        return event.epochNanos();
      }
    }
    return null;
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, NANOS_PER_SECOND), Math.floorMod(epochNanos, NANOS_PER_SECOND));
  }
}
