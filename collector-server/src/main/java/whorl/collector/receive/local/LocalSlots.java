package whorl.collector.receive.local;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.limit.RemoteNetwork;
import whorl.collector.receive.uploads.UploadSlots;
import whorl.evidence.Id;

/** The slots of one collector, in memory. */
final class LocalSlots implements UploadSlots {
  private static final long IDLE_NANOS = IDLE.toNanos();

  private final int slots;
  private final LongSupplier nanoClock;
  private final Map<Id, Slot> taken = new LinkedHashMap<>();

  private record Slot(String network, long lastActive) {}

  LocalSlots(int slots, LongSupplier nanoClock) {
    this.slots = slots;
    this.nanoClock = nanoClock;
  }

  @Override
  public synchronized boolean take(Id evidence, String address) {
    long now = nanoClock.getAsLong();
    if (!taken.containsKey(evidence)) {
      releaseIdle(now);
      if (taken.size() >= slots
          || countFromNetwork(RemoteNetwork.of(address))
              >= UploadSlots.maxOf(RemoteNetwork.of(address), slots)) {
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

  @Override
  public synchronized int taken() {
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
