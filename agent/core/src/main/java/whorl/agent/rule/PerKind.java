package whorl.agent.rule;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A limit for each kind: how many are let through within one second of the events' time, over all
 * threads. It takes no lock. Kinds that find no slot of their own share one limit.
 */
final class PerKind {
  private static final int SLOTS = 64;

  private final int most;
  private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);
  private final Slot others;

  private record Slot(String kind, PerSecond limit) {}

  /**
   * @param most at most 65,534
   */
  PerKind(int most) {
    this.most = most;
    this.others = slot("");
    // All that this needs is loaded and linked here, and not on an application's thread.
    admits("", 0);
  }

  boolean admits(String kind, long epochNanos) {
    return slotOf(kind).limit().admits(epochNanos);
  }

  private Slot slotOf(String kind) {
    int first = kind.hashCode();
    for (int i = 0; i < SLOTS; i++) {
      int at = (first + i) & (SLOTS - 1);
      Slot slot = slots.get(at);
      if (slot == null) {
        Slot made = slot(kind);
        slot = slots.compareAndExchange(at, null, made);
        if (slot == null) {
          return made;
        }
      }
      if (slot.kind().equals(kind)) {
        return slot;
      }
    }
    return others;
  }

  private Slot slot(String kind) {
    return new Slot(kind, new PerSecond(most));
  }
}
