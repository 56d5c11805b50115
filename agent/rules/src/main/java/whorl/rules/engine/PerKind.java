package whorl.rules.engine;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Limits the number of admissions of each kind within one second of event time, over all threads.
 * Takes no lock. Kinds without a slot of their own share one limit.
 */
final class PerKind {
  private static final int SLOTS = 64;

  private final int max;
  private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);
  private final Slot others;

  private record Slot(String kind, PerSecond limit) {}

  /**
   * @param max at most 65,534
   */
  PerKind(int max) {
    this.max = max;
    this.others = slot("");
    // Loads and links everything here, not on an application's thread.
    admits("", 0);
  }

  boolean admits(String kind, long epochNanos) {
    return slotFor(kind).limit().admits(epochNanos);
  }

  private Slot slotFor(String kind) {
    int first = kind.hashCode();
    for (int i = 0; i < SLOTS; i++) {
      int index = (first + i) & (SLOTS - 1);
      Slot slot = slots.get(index);
      if (slot == null) {
        Slot made = slot(kind);
        slot = slots.compareAndExchange(index, null, made);
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
    return new Slot(kind, new PerSecond(max));
  }
}
