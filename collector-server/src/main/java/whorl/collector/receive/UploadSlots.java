package whorl.collector.receive;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.limit.RemoteNetwork;
import whorl.evidence.Id;

/**
 * At most so many pieces of evidence in upload at once, and no more than half of them from one
 * network. One that has been still for a while loses its slot, so that agents that died can't keep
 * the others waiting. Thread-safe.
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

  /** A slot for this evidence, the one it has or a free one; false when it must wait. */
  synchronized boolean take(Id evidence, String address) {
    long now = nanoClock.getAsLong();
    if (!taken.containsKey(evidence)) {
      forgetIdle(now);
      if (taken.size() >= slots
          || ofNetwork(RemoteNetwork.of(address)) >= Math.max(1, (slots + 1) / 2)) {
        return false;
      }
    }
    taken.put(evidence, new Slot(RemoteNetwork.of(address), now));
    return true;
  }

  /** Bytes came. What has begun may go on, whether it still has its slot or not. */
  synchronized void touch(Id evidence, String address) {
    taken.put(evidence, new Slot(RemoteNetwork.of(address), nanoClock.getAsLong()));
  }

  synchronized void release(Id evidence) {
    taken.remove(evidence);
  }

  synchronized int taken() {
    return taken.size();
  }

  private long ofNetwork(String network) {
    return taken.values().stream().filter(slot -> slot.network().equals(network)).count();
  }

  private void forgetIdle(long now) {
    Iterator<Slot> all = taken.values().iterator();
    while (all.hasNext()) {
      if (now - all.next().lastActive() >= IDLE_NANOS) {
        all.remove();
      }
    }
  }
}
