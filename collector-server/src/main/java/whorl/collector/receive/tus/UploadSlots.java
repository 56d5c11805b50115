package whorl.collector.receive.tus;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.limit.RemoteNetwork;
import whorl.evidence.Id;

/**
 * Limits the number of pieces of evidence that are uploaded at once; one network gets at most half
 * of the slots. Idle evidence loses its slot, so that dead agents do not block the others.
 * Thread-safe.
 */
final class UploadSlots {
  private static final long IDLE_NANOS = 60_000_000_000L;

  private final int slots;
  private final LongSupplier nanoClock;
  private final Map<Id, Slot> taken = new LinkedHashMap<>();

  private record Slot(String network, long lastActive) {}

  UploadSlots(int slots, LongSupplier nanoClock) {
    this.slots = slots;
    this.nanoClock = nanoClock;
  }

  /** Takes a slot for this evidence, or renews the one that it has; false if it must wait. */
  synchronized boolean take(Id evidence, String address) {
    long now = nanoClock.getAsLong();
    if (!taken.containsKey(evidence)) {
      releaseIdle(now);
      if (taken.size() >= slots
          || countFromNetwork(RemoteNetwork.of(address)) >= Math.max(1, (slots + 1) / 2)) {
        return false;
      }
    }
    taken.put(evidence, new Slot(RemoteNetwork.of(address), now));
    return true;
  }

  /**
   * Renews the slot on received bytes. An upload that has begun may continue even if it lost its
   * slot.
   */
  synchronized void touch(Id evidence, String address) {
    taken.put(evidence, new Slot(RemoteNetwork.of(address), nanoClock.getAsLong()));
  }

  synchronized void release(Id evidence) {
    taken.remove(evidence);
  }

  synchronized int taken() {
    return taken.size();
  }

  private long countFromNetwork(String network) {
    return taken.values().stream().filter(slot -> slot.network().equals(network)).count();
  }

  private void releaseIdle(long now) {
    Iterator<Slot> iterator = taken.values().iterator();
    while (iterator.hasNext()) {
      if (now - iterator.next().lastActive() >= IDLE_NANOS) {
        iterator.remove();
      }
    }
  }
}
