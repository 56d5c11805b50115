package whorl.agent.event;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The newest events in memory: written by any thread without a lock, overwriting the oldest. Its
 * size in events bounds its size in bytes, since {@link EventSink} bounds each event.
 */
final class EventRing {
  private final AtomicReferenceArray<AgentEvent> slots;
  private final AtomicLong next = new AtomicLong();
  private final int mask;

  /**
   * @param capacity in events, a power of two
   */
  EventRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("not a power of two: " + capacity);
    }
    slots = new AtomicReferenceArray<>(capacity);
    mask = capacity - 1;
  }

  void add(AgentEvent event) {
    slots.setRelease((int) next.getAndIncrement() & mask, event);
  }

  /** What is held now, in no certain order. */
  List<AgentEvent> snapshot() {
    List<AgentEvent> events = new ArrayList<>(slots.length());
    for (int i = 0; i < slots.length(); i++) {
      AgentEvent event = slots.get(i);
      if (event != null) {
        events.add(event);
      }
    }
    return events;
  }

  /** How many were overwritten so far. */
  long overwritten() {
    return Math.max(0, next.get() - slots.length());
  }
}
